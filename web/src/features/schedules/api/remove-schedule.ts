/** DELETE /api/v1/schedules/{id}: the place is imported no more by itself. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { scheduleKeys } from "./list-schedules";

export function useRemoveSchedule(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      answer(
        client.DELETE("/api/v1/schedules/{schedule_id}", {
          params: { path: { schedule_id: id } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: scheduleKeys.list }),
  });
}
