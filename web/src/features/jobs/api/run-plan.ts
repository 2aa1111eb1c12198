/** POST /api/v1/jobs/{id}/run: fetches what a dry run has listed, under the same id. */
import { useMutation } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { useKeepJob } from "../hooks/use-keep-job";

export function useRunPlan(id: string) {
  const keep = useKeepJob();
  return useMutation({
    mutationFn: () =>
      answer(client.POST("/api/v1/jobs/{job_id}/run", { params: { path: { job_id: id } } })),
    onSuccess: keep,
  });
}
