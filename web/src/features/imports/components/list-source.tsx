/** Where a list comes from: a box to paste into, onto which a file can be dropped instead. */
import { FileText, X } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/ui/button";
import { cx } from "@/lib/class-names";
import { formatBytes } from "@/lib/format";

interface ListSourceProps {
  text: string;
  onText: (text: string) => void;
  file: File | undefined;
  onFile: (file: File | undefined) => void;
  describedBy: string;
}

export function ListSource({ text, onText, file, onFile, describedBy }: ListSourceProps) {
  const { t } = useTranslation("imports");
  const fieldId = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);

  const over = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped) onFile(dropped);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button below does the same by keyboard
    <div onDragOver={over} onDragLeave={() => setIsOver(false)} onDrop={drop}>
      {file ? (
        <p className="label text-soft">{t("list.file")}</p>
      ) : (
        <label htmlFor={fieldId} className="label block text-soft">
          {t("list.field")}
        </label>
      )}
      <div
        className={cx(
          "mt-2 rounded-plate bg-deck p-1.5 shadow-sm ring-1 focus-within:ring-2 focus-within:ring-sea",
          isOver ? "ring-2 ring-sea" : "ring-edge",
        )}
      >
        {file ? (
          <div className="flex min-h-16 items-center gap-3 px-3">
            <FileText className="size-5 shrink-0 text-sea" aria-hidden />
            <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {file.name} <span className="text-soft">{formatBytes(file.size)}</span>
            </p>
            <IconButton label={t("list.remove")} onClick={() => onFile(undefined)}>
              <X aria-hidden />
            </IconButton>
          </div>
        ) : (
          <textarea
            id={fieldId}
            value={text}
            onChange={(event) => onText(event.target.value)}
            rows={5}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            placeholder={"https://example.org/photos/1.jpg\nhttps://example.org/photos/2.jpg"}
            aria-describedby={describedBy}
            className="block min-h-32 w-full resize-y bg-transparent px-3 py-2 text-[1.0625rem] outline-none placeholder:text-soft/80"
          />
        )}
      </div>
      <input
        ref={picker}
        type="file"
        accept=".txt,.csv,.tsv,.tab,text/plain,text/csv"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("list.pick")}
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {!file && (
        <Button className="mt-3" onClick={() => picker.current?.click()}>
          <FileText aria-hidden />
          {t("list.pick")}
        </Button>
      )}
    </div>
  );
}
