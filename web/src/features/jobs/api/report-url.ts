/** GET /api/v1/jobs/{id}/report.csv: a link, the browser downloads it. */
import { absolute } from "@/lib/api/client";

export function reportUrl(id: string): string {
  return absolute(`/api/v1/jobs/${id}/report.csv`);
}
