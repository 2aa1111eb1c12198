/** "/trash": images that were thrown away, for 30 days. */
import { useTranslation } from "react-i18next";
import { TrashView } from "@/features/gallery/components/trash-view";
import { usePageTitle } from "../use-page-title";

export function TrashScreen() {
  const { t } = useTranslation("gallery");
  usePageTitle(t("trash.name"));
  return <TrashView />;
}
