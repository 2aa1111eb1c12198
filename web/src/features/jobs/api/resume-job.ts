/** POST /api/v1/jobs/{id}/resume: goes on where the pause began. */
import { useMutation } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { useKeepJob } from "../hooks/use-keep-job";

export function useResumeJob(id: string) {
  const keep = useKeepJob();
  return useMutation({
    mutationFn: () =>
      answer(client.POST("/api/v1/jobs/{job_id}/resume", { params: { path: { job_id: id } } })),
    onSuccess: keep,
  });
}
