/** Where a job stands, and what may be done to it there. */
import type { JobState, JobSummary } from "@/lib/api/types";

const active: readonly JobState[] = ["queued", "listing", "running"];

export function isActive({ state }: Pick<JobSummary, "state">): boolean {
  return active.some((word) => word === state);
}

export function isFinished({ state }: Pick<JobSummary, "state">): boolean {
  return !isActive({ state }) && state !== "paused";
}

/** Whether its figures still move; a cancelled job is still settling what was pending. */
export function isMoving(job: Pick<JobSummary, "state" | "balance">): boolean {
  return isActive(job) || (job.state === "cancelled" && job.balance.pending > 0);
}

/**
 * Whether another try may change anything; contract: `retry` returns a finished job to `running`.
 * A cancelled job is imported again instead, and so is an archive: it is deleted when its job ends.
 */
function mayTryAgain(job: Pick<JobSummary, "state" | "source">): boolean {
  return isFinished(job) && job.state !== "cancelled" && job.source !== "zip_archive";
}

export function isRetryable(job: Pick<JobSummary, "state" | "source">, fate: string): boolean {
  return mayTryAgain(job) && (fate === "failed" || fate === "gone");
}

/** Files that failed or went away, or folders that could not be listed. */
export function hasRetryable(job: Pick<JobSummary, "state" | "source" | "balance">): boolean {
  const { failed, gone, folders } = job.balance;
  return mayTryAgain(job) && failed + gone + folders.failed > 0;
}
