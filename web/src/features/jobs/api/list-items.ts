/** GET /api/v1/jobs/{id}/items: the files of a job with their fates, page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { isFate } from "../balance";
import { type ItemFilter, jobKeys } from "./keys";

const LIMIT = 100;

export function useItems(id: string, filter: ItemFilter) {
  const { state, reason } = filter;
  return useInfiniteQuery({
    queryKey: jobKeys.itemsOf(id, filter),
    queryFn: ({ pageParam, signal }) =>
      answer(
        client.GET("/api/v1/jobs/{job_id}/items", {
          params: {
            path: { job_id: id },
            query: {
              limit: LIMIT,
              ...(isFate(state) ? { state } : {}),
              ...(reason ? { reason } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}
