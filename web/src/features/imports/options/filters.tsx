/** What the import takes: types, names, sizes, times, depth. Empty fields ask for nothing. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filters } from "@/lib/api/types";
import { TextField, TickField } from "./fields";
import type { OptionProps } from "./option";
import { joinList, splitList, withFilter } from "./set-filter";

const types = ["jpeg", "png", "webp", "avif", "heic", "gif", "tiff"] as const;

export function FiltersOption(props: OptionProps) {
  const { t } = useTranslation("imports");
  return (
    <fieldset className="space-y-4">
      <legend className="lettering text-lg">{t("filters.title")}</legend>
      <Types {...props} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Patterns name="include" {...props} />
        <Patterns name="exclude" {...props} />
        <Value name="min_size" placeholder="100 kB" {...props} />
        <Value name="max_size" placeholder="50 MB" {...props} />
        <Value name="min_width" type="number" {...props} />
        <Value name="min_height" type="number" {...props} />
        <Value name="taken_after" type="date" {...props} />
        <Value name="taken_before" type="date" {...props} />
        <Value name="modified_after" type="date" {...props} />
        <Value name="modified_before" type="date" {...props} />
        <Value name="max_depth" type="number" {...props} />
      </div>
    </fieldset>
  );
}

function Types({ options, onChange }: OptionProps) {
  const { t } = useTranslation("imports");
  const chosen = options.filters?.types ?? [];
  return (
    <fieldset>
      <legend className="label text-soft">{t("filters.types")}</legend>
      <div className="mt-1 flex flex-wrap gap-x-5 gap-y-2">
        {types.map((type) => (
          <TickField
            key={type}
            label={type.toUpperCase()}
            checked={chosen.includes(type)}
            onTick={(ticked) => {
              const next = ticked ? [...chosen, type] : chosen.filter((word) => word !== type);
              onChange(withFilter(options, "types", next));
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** Patterns are kept as they are typed: a comma at the end is no pattern yet. */
function Patterns({ name, options, onChange }: OptionProps & { name: "include" | "exclude" }) {
  const { t } = useTranslation("imports");
  const [text, setText] = useState(() => joinList(options.filters?.[name]));
  return (
    <TextField
      label={t(`filters.${name}`)}
      hint={t(`filters.${name}Hint`)}
      value={text}
      spellCheck={false}
      onText={(typed) => {
        setText(typed);
        onChange(withFilter(options, name, splitList(typed)));
      }}
    />
  );
}

type ValueName = Exclude<keyof Filters, "types" | "include" | "exclude">;

interface ValueProps extends OptionProps {
  name: ValueName;
  type?: "text" | "number" | "date";
  placeholder?: string;
}

function Value({ name, options, onChange, type = "text", placeholder }: ValueProps) {
  const { t } = useTranslation("imports");
  const value = options.filters?.[name] ?? "";
  return (
    <TextField
      label={t(`filters.${name}`)}
      type={type}
      min={type === "number" ? 0 : undefined}
      placeholder={placeholder}
      value={value}
      onText={(typed) =>
        onChange(withFilter(options, name, type === "number" && typed ? Number(typed) : typed))
      }
    />
  );
}
