/** GET /api/v1/schedules: the next one first. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";

export const scheduleKeys = { list: ["schedules"] as const };

export function useSchedules() {
  return useQuery({
    queryKey: scheduleKeys.list,
    queryFn: ({ signal }) => answer(client.GET("/api/v1/schedules", { signal })),
  });
}
