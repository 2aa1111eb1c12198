/** A Google service account by its key file: for servers without anybody in front of them. */
import { type FormEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ProblemNotice } from "@/components/ui/problem-notice";
import { useAddConnection } from "../api/add-connection";
import { readKeyFile } from "../read-key-file";

export function ServiceAccount() {
  const { t } = useTranslation("connections");
  const fileId = useId();
  const subjectId = useId();
  const form = useRef<HTMLFormElement>(null);
  const [unreadable, setUnreadable] = useState(false);
  const add = useAddConnection(() => form.current?.reset());

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const key = await readKeyFile(given.get("key"));
    setUnreadable(key === null);
    const subject = String(given.get("subject") ?? "").trim();
    if (key) add.mutate({ source: "google_drive", key, ...(subject ? { subject } : {}) });
  };

  return (
    <details className="mt-4 border-line border-t pt-4 text-sm">
      <summary className="cursor-pointer text-soft hover:text-ink">{t("service.title")}</summary>
      <form ref={form} onSubmit={(event) => void submit(event)} className="mt-3 space-y-3">
        <p className="text-pretty text-soft">{t("service.detail")}</p>
        <div>
          <label htmlFor={fileId} className="label block text-soft">
            {t("service.key")}
          </label>
          <input
            id={fileId}
            name="key"
            type="file"
            required
            accept=".json,application/json"
            className="mt-1.5 block w-full text-sm file:mr-3 file:min-h-9 file:rounded-plate file:border-0 file:bg-well file:px-3 file:text-ink"
          />
        </div>
        <div>
          <label htmlFor={subjectId} className="label block text-soft">
            {t("service.subject")}
          </label>
          <input
            id={subjectId}
            name="subject"
            type="email"
            autoComplete="off"
            placeholder="anna@example.com"
            className="mt-1.5 min-h-9 w-full rounded-plate bg-fog px-3 ring-1 ring-edge"
          />
        </div>
        <Button type="submit" disabled={add.isPending}>
          {t("service.act")}
        </Button>
        {unreadable && <Notice tone="alarm" title={t("service.unreadable")} />}
        {add.isError && <ProblemNotice error={add.error} />}
      </form>
    </details>
  );
}
