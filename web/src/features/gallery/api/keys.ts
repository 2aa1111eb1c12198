/** Where the cache keeps images. */
export interface ImageFilter {
  source?: string | undefined;
  job?: string | undefined;
  q?: string | undefined;
}

export const imageKeys = {
  all: ["images"] as const,
  lists: ["images", "list"] as const,
  list: (filter: ImageFilter) => ["images", "list", filter] as const,
  trash: ["images", "trash"] as const,
  latest: (job: string) => ["images", "latest", job] as const,
  info: (id: string) => ["images", "info", id] as const,
  problem: (id: string) => ["images", "problem", id] as const,
};
