/** All acts on one job, with one `busy` and the error of the last one that failed. */
import { useCancelJob } from "../api/cancel-job";
import { useDeleteJob } from "../api/delete-job";
import { usePauseJob } from "../api/pause-job";
import { useResumeJob } from "../api/resume-job";
import { useRetryJob } from "../api/retry-job";

export interface JobActs {
  pause: () => void;
  resume: () => void;
  cancel: () => void;
  retry: (reason: string | undefined) => void;
  remove: () => void;
  busy: boolean;
  error: Error | null;
}

export function useJobActs(id: string, onDeleted: () => void): JobActs {
  const pause = usePauseJob(id);
  const resume = useResumeJob(id);
  const cancel = useCancelJob(id);
  const retry = useRetryJob(id);
  const remove = useDeleteJob(id, onDeleted);
  const all = [pause, resume, cancel, retry, remove];
  // Only the newest act's error is worth showing.
  const latest = all.reduce((a, b) => (b.submittedAt > a.submittedAt ? b : a));
  return {
    pause: () => pause.mutate(),
    resume: () => resume.mutate(),
    cancel: () => cancel.mutate(),
    retry: (reason) => retry.mutate(reason),
    remove: () => remove.mutate(),
    busy: all.some((act) => act.isPending),
    error: latest.error,
  };
}
