/** A way in: one box that takes a link, and says at once what it is. */
import { type FormEvent, useCallback, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStartImport } from "../api/start-import";
import { ImportProblem } from "../components/import-problem";
import { LinkHint } from "../components/link-hint";
import { LinkPassword } from "../components/link-password";
import { SubmitButton } from "../components/submit-button";
import { usePastedLink } from "../hooks/use-pasted-link";
import { recogniseLink } from "../recognise-link";
import type { PanelProps } from "./panel";

export function LinkPanel({ options, onStarted }: PanelProps) {
  const { t } = useTranslation("imports");
  const fieldId = useId();
  const hintId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [link, setLink] = useState("");
  const [password, setPassword] = useState("");
  const start = useStartImport(onStarted);
  const recognised = recogniseLink(link);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (recognised.kind === "empty") return;
    const opening = password ? { link_password: password } : {};
    start.mutate({ ...options, location: link.trim(), ...opening });
  };
  const { reset } = start;
  const change = useCallback(
    (text: string) => {
      setLink(text);
      setPassword("");
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
        <SubmitButton pending={start.isPending} disabled={recognised.kind === "empty"} />
      </div>
      <LinkHint id={hintId} recognised={recognised} />
      <LinkPassword value={password} onChange={setPassword} error={start.error} />
      {start.isError && <ImportProblem error={start.error} />}
    </form>
  );
}
