/** Which column of a dropped table has the addresses; the likely one is chosen already. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { TableColumns } from "@/lib/api/types";

interface ColumnChoiceProps {
  columns: TableColumns | undefined;
  error: unknown;
  chosen: string | undefined;
  onChoose: (column: string) => void;
}

export function ColumnChoice({ columns, error, chosen, onChoose }: ColumnChoiceProps) {
  const { t } = useTranslation("imports");
  const id = useId();
  if (error) return <ProblemNotice error={error} />;
  if (!columns) return null;
  const example = columns.columns.find((column) => column.name === chosen)?.example;
  return (
    <div className="mt-4">
      <label htmlFor={id} className="label block text-soft">
        {t("list.column")}
      </label>
      <select
        id={id}
        required
        value={chosen ?? ""}
        onChange={(event) => onChoose(event.target.value)}
        className="mt-1.5 min-h-11 w-full max-w-md rounded-plate bg-deck px-3 ring-1 ring-edge ring-inset"
      >
        <option value="" disabled>
          {t("list.choose")}
        </option>
        {columns.columns.map(({ name, has_addresses }) => (
          <option key={name} value={name}>
            {has_addresses ? t("list.withAddresses", { name }) : name}
          </option>
        ))}
      </select>
      {example && (
        <p className="mt-1.5 text-sm text-soft [overflow-wrap:anywhere]">
          {t("list.example", { example })}
        </p>
      )}
    </div>
  );
}
