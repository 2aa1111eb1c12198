/** POST /api/v1/connections: a service account by its key, or what the server's settings hold. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { Connection, NewConnection } from "@/lib/api/types";
import { connectionKeys } from "./keys";

export function useAddConnection(onAdded: (connection: Connection) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewConnection): Promise<Connection> =>
      answer(client.POST("/api/v1/connections", { body: wanted })),
    onSuccess: (connection) => {
      void queryClient.invalidateQueries({ queryKey: connectionKeys.list });
      onAdded(connection);
    },
  });
}
