/** No Google key is configured: how to get one, and what works without. */
import { useTranslation } from "react-i18next";
import { CopyLine } from "@/components/ui/copy-line";
import { Notice } from "@/components/ui/notice";
import { problemOf } from "@/lib/api/problem";

export function NoKeyNotice({ error }: { error: unknown }) {
  const { t, i18n } = useTranslation("imports");
  const { detail, cure } = problemOf(error);
  // The server's own sentence is in English; it knows best, so English readers get it.
  const words = i18n.language === "en" && (cure || detail) ? cure || detail : t("noKey.detail");
  return (
    <Notice tone="caution" title={t("noKey.title")}>
      <p>{words}</p>
      <p className="pt-2">{t("noKey.demo")}</p>
      <CopyLine text="pixharbor demo" className="mt-1 max-w-64" />
    </Notice>
  );
}
