/** POST /api/v1/jobs/{id}/pause: takes no further file until resumed. */
import { useMutation } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { useKeepJob } from "../hooks/use-keep-job";

export function usePauseJob(id: string) {
  const keep = useKeepJob();
  return useMutation({
    mutationFn: () =>
      answer(client.POST("/api/v1/jobs/{job_id}/pause", { params: { path: { job_id: id } } })),
    onSuccess: keep,
  });
}
