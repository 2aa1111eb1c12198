/** Asked for once a link has turned out to need one; goes to the server and is kept nowhere here. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/lib/api/problem";

interface Props {
  value: string;
  onChange: (password: string) => void;
  /** What the server said of the import that was started last. */
  error: Error | null;
}

export function LinkPassword({ value, onChange, error }: Props) {
  const { t } = useTranslation("imports");
  const fieldId = useId();
  const wanted = error !== null && problemOf(error).code === "link_password";
  if (!wanted && value === "") return null;
  return (
    <div className="mt-4">
      <label htmlFor={fieldId} className="label block text-soft">
        {t("linkPassword")}
      </label>
      <input
        id={fieldId}
        type="password"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="mt-2 min-h-12 w-full rounded-plate bg-deck px-3 text-[1.0625rem] shadow-sm outline-none ring-1 ring-edge focus:ring-2 focus:ring-sea sm:max-w-sm"
      />
    </div>
  );
}
