/** Says whether the equation holds: the page adds it up itself. */
import { Check, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { JobSummary } from "@/lib/api/types";
import { gapOf } from "../balance";
import { isActive, isFinished } from "../states";

export function BalanceVerdict({ job }: { job: JobSummary }) {
  const { t } = useTranslation("jobs");
  const gap = gapOf(job.balance);
  if (gap !== 0) {
    return (
      <p role="alert" className="flex items-center gap-1.5 text-alarm text-sm">
        <TriangleAlert className="size-4" aria-hidden />
        {t("balance.gap", { count: gap })}
      </p>
    );
  }
  const empty = job.balance.listed === 0;
  if (empty && !isFinished(job)) return <p className="text-sm text-soft">{t("balance.listing")}</p>;
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-soft">
      <Check className="size-4 text-sea" aria-hidden />
      {empty && job.state === "completed" ? t("balance.zero") : t("balance.balanced")}
      {isActive(job) && job.state === "listing" && <span>{t("balance.listing")}</span>}
    </p>
  );
}
