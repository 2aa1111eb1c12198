/** POST /api/v1/imports: brings a place in; answers the job (the running one when it is the same place). */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { ImportRequest, JobSummary } from "@/lib/api/types";

export function useStartImport(onStarted: (job: JobSummary) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wanted: ImportRequest): Promise<JobSummary> =>
      answer(client.POST("/api/v1/imports", { body: wanted })),
    onSuccess: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["jobs"] });
      onStarted(job);
    },
  });
}
