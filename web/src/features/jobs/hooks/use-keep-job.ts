/** Every act on a job answers the job: keep it, and let its files be asked for anew. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Job } from "@/lib/api/types";
import { jobKeys } from "../api/keys";

export function useKeepJob() {
  const queryClient = useQueryClient();
  return useCallback(
    (job: Job) => {
      queryClient.setQueryData(jobKeys.one(job.id), job);
      void queryClient.invalidateQueries({ queryKey: jobKeys.items(job.id) });
      void queryClient.invalidateQueries({ queryKey: jobKeys.list });
    },
    [queryClient],
  );
}
