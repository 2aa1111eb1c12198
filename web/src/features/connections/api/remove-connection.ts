/** DELETE /api/v1/connections/{id}: the account's secrets are forgotten, its images stay. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { connectionKeys } from "./keys";

export function useRemoveConnection(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(
        client.DELETE("/api/v1/connections/{connection_id}", {
          params: { path: { connection_id: id } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: connectionKeys.list }),
  });
}
