/** POST /api/v1/images/{id}/restore: out of the trash, and into every list again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { imageKeys } from "./keys";

export function useRestoreImage(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(
        client.POST("/api/v1/images/{image_id}/restore", { params: { path: { image_id: id } } }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: imageKeys.all }),
  });
}
