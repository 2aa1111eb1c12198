/** POST /api/v1/imports/zip: sends a ZIP archive as it is read, and imports what is in it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { ImportOptions, JobSummary } from "@/lib/api/types";

interface WantedArchive {
  file: File;
  options: ImportOptions;
}

export function useUploadArchive(onStarted: (job: JobSummary) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ file, options }: WantedArchive): Promise<JobSummary> =>
      answer(
        client.POST("/api/v1/imports/zip", {
          params: { query: { name: file.name, options: JSON.stringify(options) } },
          headers: { "Content-Type": "application/zip" },
          // In the generated types a body of bytes is a string.
          body: file as unknown as string,
          bodySerializer: (body) => body,
        }),
      ),
    onSuccess: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["jobs"] });
      onStarted(job);
    },
  });
}
