/** POST /api/v1/jobs/{id}/retry: tries the failed files again, all or those of one reason. */
import { useMutation } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { useKeepJob } from "../hooks/use-keep-job";

export function useRetryJob(id: string) {
  const keep = useKeepJob();
  return useMutation({
    mutationFn: (reason: string | undefined) =>
      answer(
        client.POST("/api/v1/jobs/{job_id}/retry", {
          params: { path: { job_id: id } },
          body: reason ? { reason } : {},
        }),
      ),
    onSuccess: keep,
  });
}
