/** GET /api/v1/connections/{id}/places: folders to choose from; those inside a link, or the first. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";

export function usePlaces(connectionId: string, inside: string | undefined) {
  return useQuery({
    queryKey: ["connections", connectionId, "places", inside ?? ""],
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/connections/{connection_id}/places", {
          params: {
            path: { connection_id: connectionId },
            query: inside ? { inside } : {},
          },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}
