/** What a dry run found to be fetched, how long that takes, and the one click that does it. */
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Job, Plan } from "@/lib/api/types";
import { formatBytes, formatCount, formatDuration } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import { useRunPlan } from "../api/run-plan";

export function PlanView({ job, plan }: { job: Job; plan: Plan }) {
  const { t } = useTranslation(["jobs", "common"]);
  const run = useRunPlan(job.id);
  return (
    <section aria-labelledby="plan" className="!mt-6 border border-line bg-deck p-4 sm:p-6">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <div>
          <h2 id="plan" className="lettering text-xl">
            {t("plan.title")}
          </h2>
          <p className="figures mt-2 text-2xl">
            {t("plan.files", { count: plan.files, files: formatCount(plan.files) })}
            {" · "}
            {formatBytes(plan.bytes)}
          </p>
          {plan.files_without_size > 0 && (
            <p className="text-sm text-soft">
              {t("plan.unsized", { files: formatCount(plan.files_without_size) })}
            </p>
          )}
          {plan.quota && (
            <p className="mt-1 text-pretty">
              {t("quota.sentence", {
                source: sourceName(t, job.source),
                time: formatDuration(plan.quota.seconds),
              })}
              {plan.quota.day &&
                `. ${t(`quota.day.${plan.quota.day}`, { source: sourceName(t, job.source) })}`}
            </p>
          )}
        </div>
        <Button look="primary" onClick={() => run.mutate()} disabled={run.isPending}>
          {t("plan.run")}
          <ArrowRight aria-hidden />
        </Button>
      </div>
      {run.isError && (
        <div className="mt-4">
          <ProblemNotice error={run.error} />
        </div>
      )}
      {plan.types.length > 0 && <Types plan={plan} />}
      <p className="mt-5 text-sm text-soft">{t("plan.note")}</p>
    </section>
  );
}

function Types({ plan }: { plan: Plan }) {
  const { t } = useTranslation("jobs");
  return (
    <table className="mt-6 w-full max-w-xl">
      <caption className="label pb-1 text-left text-soft">{t("plan.fetched")}</caption>
      <tbody className="divide-y divide-line border-line border-y">
        {plan.types.map(({ type, files, bytes }) => (
          <tr key={type}>
            <th scope="row" className="py-1.5 pr-4 text-left font-normal">
              {type}
            </th>
            <td className="figures py-1.5 text-right">{formatCount(files)}</td>
            <td className="figures py-1.5 pl-4 text-right text-soft">{formatBytes(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
