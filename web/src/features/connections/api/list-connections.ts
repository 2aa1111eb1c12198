/** GET /api/v1/connections: the connected accounts, and where further ones can be connected. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { connectionKeys } from "./keys";

/** A sign-in may end, or an account be connected in another window, while one looks. */
const LOOK_AGAIN_MS = 4_000;

export function useConnections() {
  return useQuery({
    queryKey: connectionKeys.list,
    queryFn: ({ signal }) => answer(client.GET("/api/v1/connections", { signal })),
    refetchOnMount: "always",
    refetchInterval: LOOK_AGAIN_MS,
  });
}
