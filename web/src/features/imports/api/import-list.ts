/** Brings a list and starts its import: two requests, one act. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { ImportOptions, JobSummary } from "@/lib/api/types";
import { keepList } from "./keep-list";

interface WantedList {
  file: File;
  column: string | undefined;
  options: ImportOptions;
}

export function useImportList(onStarted: (job: JobSummary) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, column, options }: WantedList): Promise<JobSummary> => {
      const { location } = await keepList(file, column);
      const body = { ...options, source: "web_urls", location };
      return answer(client.POST("/api/v1/imports", { body }));
    },
    onSuccess: (job) => {
      void queryClient.invalidateQueries({ queryKey: ["jobs"] });
      onStarted(job);
    },
  });
}
