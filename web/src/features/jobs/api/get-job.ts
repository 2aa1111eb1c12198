/** GET /api/v1/jobs/{id}. */
import { answer, client } from "@/lib/api/client";
import type { Job } from "@/lib/api/types";

export function getJob(id: string, signal: AbortSignal): Promise<Job> {
  return answer(client.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal }));
}
