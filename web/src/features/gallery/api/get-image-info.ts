/** GET /api/v1/images/{id}/info. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { imageKeys } from "./keys";

export function useImageInfo(id: string) {
  return useQuery({
    queryKey: imageKeys.info(id),
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/images/{image_id}/info", {
          params: { path: { image_id: id } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}
