/** DELETE /api/v1/images/{id}: into the trash for 30 days; it leaves every list at once. */
import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { ImagePage } from "@/lib/api/types";
import { imageKeys } from "./keys";

type Lists = InfiniteData<ImagePage> | undefined;

function without(lists: Lists, id: string): Lists {
  return (
    lists && {
      ...lists,
      pages: lists.pages.map((page) => ({
        ...page,
        images: page.images.filter((image) => image.image_id !== id),
        total: page.total === null ? null : page.total - 1,
      })),
    }
  );
}

export function useDeleteImage() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(client.DELETE("/api/v1/images/{image_id}", { params: { path: { image_id: id } } })),
    onSuccess: (_, id) => {
      queryClient.setQueriesData({ queryKey: imageKeys.lists }, (lists: Lists) =>
        without(lists, id),
      );
      void queryClient.invalidateQueries({ queryKey: ["images", "latest"] });
      void queryClient.invalidateQueries({ queryKey: imageKeys.trash });
    },
  });
}
