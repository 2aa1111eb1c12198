/** GET /api/v1/jobs: newest first, page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { isMoving } from "../states";
import { jobKeys } from "./keys";

const LIMIT = 25;
const MOVING_MS = 2_000;

export function useJobs() {
  return useInfiniteQuery({
    queryKey: jobKeys.list,
    queryFn: ({ pageParam, signal }) =>
      answer(
        client.GET("/api/v1/jobs", {
          params: { query: { limit: LIMIT, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.jobs.some(isMoving)) ? MOVING_MS : false,
  });
}
