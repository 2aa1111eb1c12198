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

/** Fates that another try may change; contract: `retry` returns a finished job to `running`. */
export function isRetryable(job: Pick<JobSummary, "state">, fate: string): boolean {
  return isFinished(job) && (fate === "failed" || fate === "gone");
}
