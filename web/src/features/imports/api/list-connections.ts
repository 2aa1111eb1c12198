/** GET /api/v1/connections: the accounts that an import can read as. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";

export function useConnections() {
  return useQuery({
    queryKey: ["connections"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/connections", { signal })),
  });
}
