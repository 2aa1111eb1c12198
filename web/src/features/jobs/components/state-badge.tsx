/** Where a job stands, in one word. */
import { useTranslation } from "react-i18next";
import type { JobState, JobSummary } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { isActive } from "../states";

const looks: Record<JobState, string> = {
  queued: "text-soft ring-edge/60",
  listing: "text-sea ring-sea/50",
  running: "text-sea ring-sea/50",
  paused: "text-caution ring-caution/50 bg-caution-well",
  completed: "text-sea ring-transparent bg-well",
  partial: "text-caution ring-caution/50 bg-caution-well",
  failed: "text-alarm ring-alarm/40 bg-alarm-well",
  cancelled: "text-soft ring-transparent bg-well",
};

function isJobState(state: string): state is JobState {
  return state in looks;
}

export function StateBadge({ job }: { job: Pick<JobSummary, "state"> }) {
  const { t } = useTranslation("jobs");
  return (
    <span
      className={cx(
        "label inline-flex items-center gap-1.5 whitespace-nowrap rounded-plate px-2 py-0.5 ring-1 ring-inset",
        isJobState(job.state) ? looks[job.state] : looks.queued,
      )}
    >
      {isActive(job) && (
        <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-current" />
      )}
      {isJobState(job.state) ? t(`states.${job.state}`) : job.state}
    </span>
  );
}
