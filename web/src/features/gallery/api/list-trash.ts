/** GET /api/v1/trash: what was thrown away last first, page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { imageKeys } from "./keys";

const LIMIT = 100;

export function useTrash() {
  return useInfiniteQuery({
    queryKey: imageKeys.trash,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: LIMIT, ...(pageParam ? { cursor: pageParam } : {}) };
      return answer(client.GET("/api/v1/trash", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}
