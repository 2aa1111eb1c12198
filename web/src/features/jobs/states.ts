/** Where a job stands, and what may be done to it there. */
import type { Job } from "@/lib/api/types";

type State = Job["state"];

const active: ReadonlySet<State> = new Set(["queued", "listing", "running"]);

export function isActive({ state }: Pick<Job, "state">): boolean {
  return active.has(state);
}

export function isFinished({ state }: Pick<Job, "state">): boolean {
  return !active.has(state) && state !== "paused";
}

/** Fates that another try may change; contract: `retry` returns a finished job to `running`. */
export function isRetryable(job: Pick<Job, "state">, fate: string): boolean {
  return isFinished(job) && (fate === "failed" || fate === "gone");
}
