/** GET /api/v1/images: newest first, filtered, page by page. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import type { ImagePage } from "@/lib/api/types";
import { type ImageFilter, imageKeys } from "./keys";

const LIMIT = 200;
const LATEST = 16;

function listImages(
  filter: ImageFilter,
  page: { cursor?: string; limit: number },
  signal: AbortSignal,
): Promise<ImagePage> {
  const { source, job, q } = filter;
  const query = {
    limit: page.limit,
    ...(page.cursor ? { cursor: page.cursor } : {}),
    ...(source ? { source } : {}),
    ...(job ? { job } : {}),
    ...(q ? { q } : {}),
  };
  return answer(client.GET("/api/v1/images", { params: { query }, signal }));
}

export function useImages(filter: ImageFilter) {
  return useInfiniteQuery({
    queryKey: imageKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      listImages(filter, { cursor: pageParam, limit: LIMIT }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    // Coming back to the tab must not fetch a hundred pages anew.
    refetchOnWindowFocus: false,
    staleTime: 30_000,
  });
}

export function useLatestImages(job: string) {
  return useQuery({
    queryKey: imageKeys.latest(job),
    queryFn: ({ signal }) => listImages({ job }, { limit: LATEST }, signal),
  });
}
