/** DELETE /api/v1/jobs/{id}: the record goes, the images stay. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { jobKeys } from "./keys";

export function useDeleteJob(id: string, onDeleted: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(client.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } })),
    onSuccess: () => {
      onDeleted();
      queryClient.removeQueries({ queryKey: jobKeys.one(id) });
      void queryClient.invalidateQueries({ queryKey: jobKeys.list });
    },
  });
}
