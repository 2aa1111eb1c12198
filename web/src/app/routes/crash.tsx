/** A screen threw: say so, and that the work on the server goes on. */
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

export function CrashScreen({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  const reload = () => window.location.reload();
  return (
    <div className="mx-auto max-w-3xl px-4 py-12 sm:px-8">
      <Notice
        tone="alarm"
        title={t("problem.crash.title")}
        action={<Button onClick={reload}>{t("problem.crash.reload")}</Button>}
      >
        <p>{t("problem.crash.cure")}</p>
        <p className="font-mono text-xs">{String(error)}</p>
      </Notice>
    </div>
  );
}
