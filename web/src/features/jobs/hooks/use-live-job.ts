/** A job that stays up to date. It asks once a second while the job moves; a stream of events
 * may replace the asking here without any component noticing. */
import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { getJob } from "../api/get-job";
import { jobKeys } from "../api/keys";
import { isMoving } from "../states";

const MOVING_MS = 1_000;
/** A pause may end by itself or by another person's hand. */
const PAUSED_MS = 5_000;

export function useLiveJob(id: string | undefined) {
  const query = useQuery({
    queryKey: jobKeys.one(id ?? ""),
    queryFn: id ? ({ signal }) => getJob(id, signal) : skipToken,
    refetchInterval: ({ state: { data } }) => {
      if (!data) return false;
      if (isMoving(data)) return MOVING_MS;
      return data.state === "paused" ? PAUSED_MS : false;
    },
  });
  useFreshItems(id, query.data?.balance.pending, query.data?.state);
  return query;
}

/** The list of files follows the books at a tenth of their pace, and once more at the end. */
function useFreshItems(
  id: string | undefined,
  pending: number | undefined,
  state: string | undefined,
) {
  const queryClient = useQueryClient();
  const asked = useRef({ at: 0, state });
  useEffect(() => {
    if (id === undefined || pending === undefined) return;
    const due = Date.now() - asked.current.at > 10 * MOVING_MS;
    if (!due && asked.current.state === state) return;
    asked.current = { at: Date.now(), state };
    void queryClient.invalidateQueries({ queryKey: jobKeys.items(id) });
    void queryClient.invalidateQueries({ queryKey: ["images"] });
  }, [queryClient, id, pending, state]);
}
