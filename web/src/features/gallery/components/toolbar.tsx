/** Count, search and filters of the gallery; all of them live in the address. */
import { Link } from "@tanstack/react-router";
import { Keyboard, Search, Trash2, X } from "lucide-react";
import { type Ref, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton, iconButtonClass } from "@/components/ui/button";
import { formatCount } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import type { ImageFilter } from "../api/keys";

/** Sources that images can come from today. */
const sources = ["google_drive", "dropbox", "upload"] as const;
const TYPING_MS = 250;

interface ToolbarProps {
  filter: ImageFilter;
  total: number | null | undefined;
  jobName: string | undefined;
  searchRef: Ref<HTMLInputElement>;
  onFilter: (filter: ImageFilter) => void;
  onHelp: () => void;
}

export function Toolbar({ filter, total, jobName, searchRef, onFilter, onHelp }: ToolbarProps) {
  const { t } = useTranslation(["gallery", "common"]);
  return (
    <div className="sticky top-[3.8125rem] z-20 bg-fog/95 backdrop-blur-sm">
      <div className="mx-auto flex max-w-[110rem] flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 sm:px-8">
        <h1 className="lettering mr-1 text-2xl">{t("title")}</h1>
        <p className="figures mr-auto text-soft" aria-live="polite">
          {typeof total === "number" && t("count", { count: total, value: formatCount(total) })}
        </p>
        {filter.job && (
          <button
            type="button"
            onClick={() => onFilter({ ...filter, job: undefined })}
            className="inline-flex min-h-9 max-w-full items-center gap-2 rounded-plate bg-well px-3 text-sm hover:ring-1 hover:ring-edge"
          >
            <span className="truncate">{t("fromJob", { name: jobName || "…" })}</span>
            <X className="size-4 shrink-0" aria-label={t("clearJob")} />
          </button>
        )}
        <select
          aria-label={t("source")}
          value={filter.source ?? ""}
          onChange={(event) => onFilter({ ...filter, source: event.target.value || undefined })}
          className="min-h-9 rounded-plate bg-deck px-2.5 text-sm ring-1 ring-edge/60 ring-inset hover:ring-edge"
        >
          <option value="">{t("anySource")}</option>
          {sources.map((source) => (
            <option key={source} value={source}>
              {sourceName(t, source)}
            </option>
          ))}
        </select>
        <SearchField
          value={filter.q ?? ""}
          inputRef={searchRef}
          onChange={(q) => onFilter({ ...filter, q: q || undefined })}
        />
        <Link
          to="/trash"
          aria-label={t("trash.name")}
          title={t("trash.name")}
          className={iconButtonClass()}
        >
          <Trash2 aria-hidden />
        </Link>
        <div className="hidden sm:block">
          <IconButton label={t("help")} onClick={onHelp}>
            <Keyboard aria-hidden />
          </IconButton>
        </div>
      </div>
    </div>
  );
}

interface SearchFieldProps {
  value: string;
  inputRef: Ref<HTMLInputElement>;
  onChange: (q: string) => void;
}

/** Asks the server once the typing rests. */
function SearchField({ value, inputRef, onChange }: SearchFieldProps) {
  const { t } = useTranslation("gallery");
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the clock
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label className="flex min-h-9 min-w-40 flex-1 items-center gap-2 rounded-plate bg-deck px-2.5 ring-1 ring-edge/60 ring-inset focus-within:ring-2 focus-within:ring-sea hover:ring-edge sm:max-w-64 sm:flex-none">
      <Search className="size-4 shrink-0 text-soft" aria-hidden />
      <input
        ref={inputRef}
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        aria-label={t("search")}
        placeholder={t("search")}
        title={t("searchHint")}
        className="min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-soft"
      />
    </label>
  );
}
