/** A way in: a folder of the server, a bucket, or a ZIP archive from anywhere. */
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStartImport } from "../api/start-import";
import { useUploadArchive } from "../api/upload-archive";
import { ArchiveDrop } from "../components/archive-drop";
import { ImportProblem } from "../components/import-problem";
import { SubmitButton } from "../components/submit-button";
import { isArchive, kindOfPlace } from "../place";
import type { PanelProps } from "./panel";

export function PlacePanel({ options, onStarted }: PanelProps) {
  const { t } = useTranslation("imports");
  const fieldId = useId();
  const hintId = useId();
  const [place, setPlace] = useState("");
  const [file, setFile] = useState<File>();
  const start = useStartImport(onStarted);
  const upload = useUploadArchive(onStarted);
  const kind = kindOfPlace(place);
  const ready = file ? isArchive(file.name) : kind !== "empty" && kind !== "unknown";
  const error = start.error ?? upload.error;

  const forget = () => {
    start.reset();
    upload.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    if (file) upload.mutate({ file, options });
    else start.mutate({ ...options, location: place.trim() });
  };

  return (
    <form onSubmit={submit} noValidate>
      {file ? (
        <p className="label text-soft">{t("place.file")}</p>
      ) : (
        <label htmlFor={fieldId} className="label block text-soft">
          {t("place.field")}
        </label>
      )}
      <ArchiveDrop
        file={file}
        onFile={(next) => {
          setFile(next);
          forget();
        }}
      >
        <input
          id={fieldId}
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={place}
          onChange={(event) => {
            setPlace(event.target.value);
            forget();
          }}
          placeholder="s3://photos/2024"
          aria-describedby={hintId}
          aria-invalid={start.isError}
          className="min-h-12 w-full bg-transparent px-3 text-[1.0625rem] outline-none placeholder:text-soft/80"
        />
      </ArchiveDrop>
      <div className="mt-5 flex flex-col gap-x-4 gap-y-3 sm:flex-row sm:items-center">
        <SubmitButton pending={start.isPending || upload.isPending} disabled={!ready} />
        <p id={hintId} aria-live="polite" className="text-pretty text-sm text-soft">
          {file ? t(ready ? "place.hint.upload" : "place.hint.noArchive") : t(`place.hint.${kind}`)}
        </p>
      </div>
      {error && <ImportProblem error={error} />}
    </form>
  );
}
