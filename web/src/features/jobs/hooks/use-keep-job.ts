/** Every act on a job answers the job: keep it, and let its files be asked for anew. A retry answers
 * it without its reasons; those come with the next look at the job. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Job, JobSummary } from "@/lib/api/types";
import { jobKeys } from "../api/keys";

export function useKeepJob() {
  const queryClient = useQueryClient();
  return useCallback(
    (job: JobSummary) => {
      queryClient.setQueryData<Job>(jobKeys.one(job.id), (known) => known && { ...known, ...job });
      void queryClient.invalidateQueries({ queryKey: jobKeys.one(job.id) });
      void queryClient.invalidateQueries({ queryKey: jobKeys.items(job.id) });
      void queryClient.invalidateQueries({ queryKey: jobKeys.list });
    },
    [queryClient],
  );
}
