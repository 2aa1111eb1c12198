/** GET /api/v1/images/{id}/thumbnail, asked for its words: why an image cannot be shown. */
import { useQuery } from "@tanstack/react-query";
import { toProblem } from "@/lib/api/problem";
import type { Problem } from "@/lib/api/types";
import { previewUrl } from "../picture";
import { imageKeys } from "./keys";

export function usePreviewProblem(id: string) {
  return useQuery({
    queryKey: imageKeys.problem(id),
    queryFn: async ({ signal }): Promise<Problem | null> => {
      const response = await fetch(previewUrl({ image_id: id }), { signal });
      if (response.ok) return null;
      return toProblem(response.status, await response.json().catch(() => undefined));
    },
    staleTime: 60_000,
  });
}
