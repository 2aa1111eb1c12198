/** Jobs, newest first, one line each. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { JobSummary } from "@/lib/api/types";
import { formatAgo, formatBytes, formatCount, formatDuration, formatRate } from "@/lib/format";
import { useJobs } from "../api/list-jobs";
import { metFates } from "../balance";
import { useJobTitle } from "../hooks/use-job-title";
import { isActive } from "../states";
import { BalanceBar } from "./balance-bar";
import { StateBadge } from "./state-badge";

interface JobListProps {
  /** Shows only so many, without a way to more. */
  most?: number;
  whenEmpty: React.ReactNode;
}

export function JobList({ most, whenEmpty }: JobListProps) {
  const { t } = useTranslation(["jobs", "common"]);
  const query = useJobs();
  if (query.isPending) return <p className="py-6 text-soft">{t("common:loading")}</p>;
  if (query.isError) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  const jobs = query.data.pages.flatMap((page) => page.jobs).slice(0, most);
  if (jobs.length === 0) return whenEmpty;
  return (
    <>
      <ul className="divide-y divide-line border-line border-y">
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      {query.hasNextPage && !most && (
        <Button
          className="mt-4"
          onClick={() => void query.fetchNextPage()}
          disabled={query.isFetchingNextPage}
        >
          {t("common:more")}
        </Button>
      )}
    </>
  );
}

function JobRow({ job }: { job: JobSummary }) {
  const title = useJobTitle(job);
  return (
    <li>
      <Link
        to="/jobs/$id"
        params={{ id: job.id }}
        className="-mx-3 grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2.5 rounded-plate px-3 py-4 transition-colors hover:bg-well md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_8rem]"
      >
        <div className="min-w-0">
          <p className="truncate font-[600] text-[1.0625rem]">{title}</p>
          <p className="text-sm text-soft">{formatAgo(job.created_at)}</p>
        </div>
        <div className="order-3 col-span-2 md:order-none md:col-span-1">
          <BalanceBar balance={job.balance} className="h-3.5" />
          <JobLine job={job} />
        </div>
        <div className="justify-self-end">
          <StateBadge job={job} />
        </div>
      </Link>
    </li>
  );
}

function JobLine({ job }: { job: JobSummary }) {
  const { t } = useTranslation("jobs");
  const { listed, folders } = job.balance;
  if (job.error) {
    return <p className="mt-1.5 text-alarm text-sm">{job.error.message}</p>;
  }
  const met = metFates(job.balance)
    .map(({ fate, count }) => `${formatCount(count)} ${t(`fates.${fate}`)}`)
    .join(", ");
  const parts = [
    job.dry_run && t("plan.mark"),
    [`${formatCount(listed)} ${t("balance.listed")}`, met].filter(Boolean).join(": "),
    folders.failed > 0 && t("foldersFailed", { count: folders.failed }),
    formatBytes(job.bytes_stored).replace(" ", "\u00a0"), // a line ends elsewhere
    isActive(job) && job.images_per_second !== null && `${formatRate(job.images_per_second)}/s`,
    isActive(job) && job.eta_seconds !== null && formatDuration(job.eta_seconds),
  ];
  return (
    <p className="figures mt-1.5 text-sm text-soft">
      {parts.filter((part) => part !== false).join(" · ")}
    </p>
  );
}
