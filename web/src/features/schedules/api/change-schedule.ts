/** PATCH /api/v1/schedules/{id}: pauses it, or lets it go on. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { scheduleKeys } from "./list-schedules";

export function useChangeSchedule(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: { paused: boolean }) =>
      answer(
        client.PATCH("/api/v1/schedules/{schedule_id}", {
          params: { path: { schedule_id: id } },
          body: change,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: scheduleKeys.list }),
  });
}
