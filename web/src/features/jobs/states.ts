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

/** Contract: `retry` returns a finished job to `running`; the server says whether it may. */
function mayTryAgain(job: Pick<JobSummary, "state" | "retryable">): boolean {
  return isFinished(job) && job.retryable;
}

export function isRetryable(job: Pick<JobSummary, "state" | "retryable">, fate: string): boolean {
  return mayTryAgain(job) && (fate === "failed" || fate === "gone");
}

/** Files that failed or went away, or folders that could not be listed. */
export function hasRetryable(job: Pick<JobSummary, "state" | "retryable" | "balance">): boolean {
  const { failed, gone, folders } = job.balance;
  return mayTryAgain(job) && failed + gone + folders.failed > 0;
}
