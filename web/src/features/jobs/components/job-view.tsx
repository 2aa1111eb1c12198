/** A job's page: where it stands, the books, what to do, and every file with its fate. */
import { ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Job } from "@/lib/api/types";
import { formatDateTime } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import type { ItemFilter } from "../api/keys";
import { useJobActs } from "../hooks/use-job-acts";
import { useJobTitle } from "../hooks/use-job-title";
import { BalanceBar } from "./balance-bar";
import { BalanceSheet } from "./balance-sheet";
import { BalanceVerdict } from "./balance-verdict";
import { FailedFolders } from "./failed-folders";
import { Failures } from "./failures";
import { ItemList } from "./item-list";
import { JobControls } from "./job-controls";
import { JobNotices } from "./job-notices";
import { PlanView } from "./plan-view";
import { StateBadge } from "./state-badge";
import { VitalSigns } from "./vital-signs";

interface JobViewProps {
  job: Job;
  filter: ItemFilter;
  onFilter: (filter: ItemFilter) => void;
  onDeleted: () => void;
  /** The latest images of the job; they belong to another feature. */
  latest: ReactNode;
}

export function JobView({ job, filter, onFilter, onDeleted, latest }: JobViewProps) {
  const acts = useJobActs(job.id, onDeleted);
  const show = (next: ItemFilter) => {
    onFilter(next);
    document.getElementById("items")?.scrollIntoView({ block: "start" });
  };
  return (
    <div className="mx-auto max-w-[90rem] space-y-10 px-4 py-8 sm:px-8">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <JobHeading job={job} />
        <JobControls job={job} acts={acts} />
      </div>
      <div className="!mt-6 space-y-3 empty:hidden">
        {acts.error && <ProblemNotice error={acts.error} />}
        <JobNotices job={job} />
      </div>
      {job.plan && <PlanView job={job} plan={job.plan} />}
      <Books job={job} filter={filter} onFilter={show} />
      {latest}
      <FailedFolders job={job} acts={acts} />
      <Failures job={job} acts={acts} onShow={show} />
      <ItemList jobId={job.id} filter={filter} onFilter={onFilter} />
    </div>
  );
}

function JobHeading({ job }: { job: Job }) {
  const { t } = useTranslation(["jobs", "common"]);
  const title = useJobTitle(job);
  const isLink = /^https?:\/\//.test(job.location);
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="lettering text-[2rem] [overflow-wrap:anywhere] sm:text-4xl">{title}</h1>
        <StateBadge job={job} />
      </div>
      <p className="mt-2 flex flex-wrap items-center gap-x-3 text-sm text-soft">
        {job.dry_run && <span className="font-[560] text-ink">{t("plan.mark")}</span>}
        <span>{formatDateTime(job.created_at)}</span>
        {isLink ? (
          <a
            href={job.location}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-0.5 underline decoration-edge/60 underline-offset-3 hover:text-ink"
          >
            {sourceName(t, job.source)}
            <ArrowUpRight className="size-3.5" aria-hidden />
            <span className="sr-only">({t("act.open")})</span>
          </a>
        ) : (
          <span>{sourceName(t, job.source)}</span>
        )}
      </p>
    </div>
  );
}

function Books({ job, filter, onFilter }: Pick<JobViewProps, "job" | "filter" | "onFilter">) {
  const { t } = useTranslation("jobs");
  return (
    <section aria-labelledby="books" className="!mt-6 border border-line bg-deck p-4 sm:p-6">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 id="books" className="lettering text-xl">
          {t("balance.title")}
        </h2>
        <BalanceVerdict job={job} />
      </div>
      <BalanceBar balance={job.balance} className="h-7" />
      <Scale />
      <div className="mt-5">
        <BalanceSheet
          balance={job.balance}
          chosen={filter.reason ? undefined : filter.state}
          onChoose={(state) => onFilter({ state })}
        />
      </div>
      <div className="mt-6 border-line border-t pt-5">
        <h3 className="sr-only">{t("vital.title")}</h3>
        <VitalSigns job={job} />
      </div>
    </section>
  );
}

/** The minutes under the bar, as at the edge of a chart. */
function Scale() {
  return (
    <div aria-hidden className="label mt-1 flex justify-between text-[0.6875rem] text-soft">
      {[0, 25, 50, 75, 100].map((percent) => (
        <span key={percent}>{percent} %</span>
      ))}
    </div>
  );
}
