/** Whether this import goes before others. */
import { useTranslation } from "react-i18next";
import { ChoiceField } from "./fields";
import type { OptionProps } from "./option";

const levels = { first: 10, normal: 0, last: -10 } as const;

export function PriorityOption({ options, onChange }: OptionProps) {
  const { t } = useTranslation("imports");
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <ChoiceField
        label={t("priority.label")}
        value={options.priority ?? 0}
        onText={(value) => onChange({ ...options, priority: Number(value) })}
      >
        <option value={levels.first}>{t("priority.first")}</option>
        <option value={levels.normal}>{t("priority.normal")}</option>
        <option value={levels.last}>{t("priority.last")}</option>
      </ChoiceField>
    </div>
  );
}
