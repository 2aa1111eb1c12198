/** "/connections": private accounts; providers send the browser back to here. */
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConnectionsView } from "@/features/connections/components/connections-view";
import { usePageTitle } from "../use-page-title";

const route = getRouteApi("/connections");

export function ConnectionsScreen() {
  const { t } = useTranslation("connections");
  const { connected, problem } = route.useSearch();
  usePageTitle(t("title"));
  return (
    <div className="mx-auto max-w-[90rem] px-4 py-8 sm:px-8">
      <h1 className="lettering text-[2rem] sm:text-4xl">{t("title")}</h1>
      <p className="mt-3 mb-8 max-w-xl text-pretty text-soft">{t("lead")}</p>
      <ConnectionsView connected={connected} problem={problem} />
    </div>
  );
}
