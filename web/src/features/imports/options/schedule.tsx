/** Import again by itself: by a word or a cron expression, on this browser's clock. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChoiceField, TextField } from "./fields";
import type { OptionProps } from "./option";

const words = ["hourly", "daily", "weekly", "monthly"] as const;

export function ScheduleOption({ options, onChange }: OptionProps) {
  const { t } = useTranslation("imports");
  const [own, setOwn] = useState(false);
  const every = options.schedule?.every ?? "";
  const choose = (next: string) => {
    const { schedule: _, ...rest } = options;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    onChange(next ? { ...rest, schedule: { every: next, timezone: timeZone } } : rest);
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <ChoiceField
        label={t("schedule.label")}
        value={own ? "own" : every}
        disabled={options.dry_run ?? false}
        onText={(value) => {
          setOwn(value === "own");
          choose(value === "own" ? "0 3 * * *" : value);
        }}
      >
        <option value="">{t("schedule.never")}</option>
        {words.map((word) => (
          <option key={word} value={word}>
            {t(`schedule.${word}`)}
          </option>
        ))}
        <option value="own">{t("schedule.own")}</option>
      </ChoiceField>
      {own && !options.dry_run && (
        <TextField
          label={t("schedule.cron")}
          hint={t("schedule.cronHint")}
          value={every}
          spellCheck={false}
          onText={choose}
        />
      )}
    </div>
  );
}
