/** Where a job stands, in one word. */
import { useTranslation } from "react-i18next";
import type { Job } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { isActive } from "../states";

const looks: Record<Job["state"], string> = {
  queued: "text-soft ring-edge/60",
  listing: "text-sea ring-sea/50",
  running: "text-sea ring-sea/50",
  paused: "text-caution ring-caution/50 bg-caution-well",
  completed: "text-sea ring-transparent bg-well",
  partial: "text-caution ring-caution/50 bg-caution-well",
  failed: "text-alarm ring-alarm/40 bg-alarm-well",
  cancelled: "text-soft ring-transparent bg-well",
};

export function StateBadge({ job }: { job: Pick<Job, "state"> }) {
  const { t } = useTranslation("jobs");
  return (
    <span
      className={cx(
        "label inline-flex items-center gap-1.5 whitespace-nowrap rounded-plate px-2 py-0.5 ring-1 ring-inset",
        looks[job.state],
      )}
    >
      {isActive(job) && (
        <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-current" />
      )}
      {t(`states.${job.state}`)}
    </span>
  );
}
