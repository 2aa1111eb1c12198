/** A way in: a list of addresses, pasted or as a file; of a table, one column. */
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "@/lib/format";
import { useImportList } from "../api/import-list";
import { useColumns } from "../api/read-columns";
import { ColumnChoice } from "../components/column-choice";
import { ImportProblem } from "../components/import-problem";
import { ListSource } from "../components/list-source";
import { SubmitButton } from "../components/submit-button";
import { countLines, isTable } from "../list-files";
import type { PanelProps } from "./panel";

export function ListPanel({ options, onStarted }: PanelProps) {
  const { t } = useTranslation("imports");
  const hintId = useId();
  const [text, setText] = useState("");
  const [file, setFile] = useState<File>();
  const [choice, setChoice] = useState<string>();
  const table = file && isTable(file.name) ? file : undefined;
  const columns = useColumns(table);
  const start = useImportList(onStarted);

  const column = table && (choice ?? columns.data?.suggested ?? undefined);
  const lines = countLines(text);
  const ready = file ? !table || column !== undefined : lines > 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = file ?? new File([text], t("list.pasted"), { type: "text/plain" });
    if (ready) start.mutate({ file: list, column, options });
  };
  const takeText = (next: string) => {
    setText(next);
    start.reset();
  };
  const takeFile = (next: File | undefined) => {
    setFile(next);
    setChoice(undefined);
    start.reset();
  };

  return (
    <form onSubmit={submit} noValidate>
      <ListSource
        text={text}
        onText={takeText}
        file={file}
        onFile={takeFile}
        describedBy={hintId}
      />
      {table && (
        <ColumnChoice
          columns={columns.data}
          error={columns.error}
          chosen={column}
          onChoose={setChoice}
        />
      )}
      <div className="mt-5 flex flex-col gap-x-4 gap-y-3 sm:flex-row sm:items-center">
        <SubmitButton pending={start.isPending} disabled={!ready} />
        <p id={hintId} aria-live="polite" className="text-pretty text-sm text-soft">
          {file
            ? null
            : lines === 0
              ? t("list.hint")
              : t("list.lines", { count: lines, value: formatCount(lines) })}
        </p>
      </div>
      {start.isError && <ImportProblem error={start.error} />}
    </form>
  );
}
