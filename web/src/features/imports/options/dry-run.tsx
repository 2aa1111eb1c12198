/** Look before anything is fetched: the job ends with a plan. */
import { useTranslation } from "react-i18next";
import { TickField } from "./fields";
import type { OptionProps } from "./option";

export function DryRunOption({ options, onChange }: OptionProps) {
  const { t } = useTranslation("imports");
  return (
    <TickField
      label={t("dryRun.label")}
      hint={t("dryRun.hint")}
      checked={options.dry_run ?? false}
      onTick={(ticked) => {
        const { dry_run: _, schedule, ...rest } = options;
        if (ticked) onChange({ ...rest, dry_run: true });
        else onChange(schedule ? { ...rest, schedule } : rest);
      }}
    />
  );
}
