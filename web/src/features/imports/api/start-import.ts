/** POST /api/v1/imports: brings a folder in; answers the job (the running one when it is the same folder). */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { JobSummary } from "@/lib/api/types";

export function useStartImport(onStarted: (job: JobSummary) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (location: string): Promise<JobSummary> =>
      answer(client.POST("/api/v1/imports", { body: { source: "google_drive", location } })),
    onSuccess: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["jobs"] });
      onStarted(job);
    },
  });
}
