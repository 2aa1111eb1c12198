/** One box that takes a link, says what it is, and starts the import. */
import { ArrowRight, LoaderCircle } from "lucide-react";
import { type FormEvent, useCallback, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import { problemOf } from "@/lib/api/problem";
import type { JobSummary } from "@/lib/api/types";
import { useStartImport } from "../api/start-import";
import { usePastedLink } from "../hooks/use-pasted-link";
import { recogniseLink } from "../recognise-link";
import { LinkHint } from "./link-hint";
import { NoKeyNotice } from "./no-key-notice";

export function ImportForm({ onStarted }: { onStarted: (job: JobSummary) => void }) {
  const { t } = useTranslation("imports");
  const fieldId = useId();
  const hintId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [link, setLink] = useState("");
  const start = useStartImport(onStarted);
  const recognised = recogniseLink(link);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (recognised.kind !== "empty" && recognised.kind !== "later") start.mutate(link.trim());
  };
  const { reset } = start;
  const change = useCallback(
    (text: string) => {
      setLink(text);
      reset();
    },
    [reset],
  );
  const takePasted = useCallback(
    (text: string) => {
      change(text);
      field.current?.focus();
    },
    [change],
  );
  usePastedLink(takePasted);

  return (
    <form onSubmit={submit} noValidate>
      <label htmlFor={fieldId} className="label block text-soft">
        {t("field")}
      </label>
      <div className="mt-2 flex flex-col gap-2 rounded-plate bg-deck p-1.5 shadow-sm ring-1 ring-edge focus-within:ring-2 focus-within:ring-sea sm:flex-row">
        <input
          ref={field}
          id={fieldId}
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={link}
          onChange={(event) => change(event.target.value)}
          placeholder={t("placeholder")}
          aria-describedby={hintId}
          aria-invalid={start.isError}
          className="min-h-12 min-w-0 flex-1 bg-transparent px-3 text-[1.0625rem] outline-none placeholder:text-soft/80"
        />
        <Button
          type="submit"
          look="primary"
          className="min-h-12 px-6 text-base"
          disabled={start.isPending || recognised.kind === "empty" || recognised.kind === "later"}
        >
          {start.isPending ? t("submitting") : t("submit")}
          {start.isPending ? (
            <LoaderCircle className="animate-spin" aria-hidden />
          ) : (
            <ArrowRight aria-hidden />
          )}
        </Button>
      </div>
      <LinkHint id={hintId} recognised={recognised} />
      {start.isError && (
        <div className="mt-4">
          {problemOf(start.error).code === "google_api_key_missing" ? (
            <NoKeyNotice />
          ) : (
            <ProblemNotice error={start.error} />
          )}
        </div>
      )}
    </form>
  );
}
