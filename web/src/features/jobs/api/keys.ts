/** Where the cache keeps what these acts answer. */
export interface ItemFilter {
  state?: string | undefined;
  reason?: string | undefined;
}

export const jobKeys = {
  all: ["jobs"] as const,
  list: ["jobs", "list"] as const,
  one: (id: string) => ["jobs", "one", id] as const,
  items: (id: string) => ["jobs", "items", id] as const,
  itemsOf: (id: string, filter: ItemFilter) => ["jobs", "items", id, filter] as const,
};
