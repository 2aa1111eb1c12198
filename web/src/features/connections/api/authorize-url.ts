/** GET /api/v1/connections/{source}/authorize: a link; the browser goes to the provider's page. */
import { absolute } from "@/lib/api/client";

export function authorizeUrl(source: string): string {
  return absolute(`/api/v1/connections/${source.replaceAll("_", "-")}/authorize`);
}
