/** No Google key is configured: how to get one, and what works without. */
import { useTranslation } from "react-i18next";
import { CopyLine } from "@/components/ui/copy-line";
import { Notice } from "@/components/ui/notice";

export function NoKeyNotice() {
  const { t } = useTranslation("imports");
  return (
    <Notice tone="caution" title={t("noKey.title")}>
      <p>{t("noKey.detail")}</p>
      <p className="pt-2">{t("noKey.demo")}</p>
      <CopyLine text="pixharbor demo" className="mt-1 max-w-64" />
    </Notice>
  );
}
