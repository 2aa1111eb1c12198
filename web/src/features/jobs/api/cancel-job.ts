/** POST /api/v1/jobs/{id}/cancel: ends the job here; what is stored stays. */
import { useMutation } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { useKeepJob } from "../hooks/use-keep-job";

export function useCancelJob(id: string) {
  const keep = useKeepJob();
  return useMutation({
    mutationFn: () =>
      answer(client.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } })),
    onSuccess: keep,
  });
}
