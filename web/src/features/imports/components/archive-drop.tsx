/** A ZIP archive of this machine: dropped here, or chosen. */
import { FileArchive, X } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/ui/button";
import { cx } from "@/lib/class-names";
import { formatBytes } from "@/lib/format";

interface ArchiveDropProps {
  file: File | undefined;
  onFile: (file: File | undefined) => void;
  /** Shown while no file is there. */
  children: ReactNode;
}

export function ArchiveDrop({ file, onFile, children }: ArchiveDropProps) {
  const { t } = useTranslation("imports");
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
      <div
        className={cx(
          "mt-2 rounded-plate bg-deck p-1.5 shadow-sm ring-1 focus-within:ring-2 focus-within:ring-sea",
          isOver ? "ring-2 ring-sea" : "ring-edge",
        )}
      >
        {file ? (
          <div className="flex min-h-12 items-center gap-3 px-3">
            <FileArchive className="size-5 shrink-0 text-sea" aria-hidden />
            <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {file.name} <span className="text-soft">{formatBytes(file.size)}</span>
            </p>
            <IconButton label={t("place.remove")} onClick={() => onFile(undefined)}>
              <X aria-hidden />
            </IconButton>
          </div>
        ) : (
          children
        )}
      </div>
      <input
        ref={picker}
        type="file"
        accept=".zip,application/zip"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("place.pick")}
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {!file && (
        <Button className="mt-3" onClick={() => picker.current?.click()}>
          <FileArchive aria-hidden />
          {t("place.pick")}
        </Button>
      )}
    </div>
  );
}
