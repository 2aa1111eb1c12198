/** GET /api/v1/access: whether people sign in, and from where the server can be reached. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "./client";

export function useAccess() {
  return useQuery({
    queryKey: ["access"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/access", { signal })),
    // It changes with the server's settings alone.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
