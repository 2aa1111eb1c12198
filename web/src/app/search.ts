/** The search parameters of the addresses: only known keys, only text, empty ones left out. */
export interface GallerySearch {
  source?: string;
  job?: string;
  q?: string;
  image?: string;
}

export interface JobSearch {
  state?: string;
  reason?: string;
}

export interface ConnectionsSearch {
  connected?: string;
  problem?: string;
}

/** A parameter like `q=2024` is read as a number: it is text all the same. */
function pick<Key extends string>(
  search: Record<string, unknown>,
  keys: readonly Key[],
): Partial<Record<Key, string>> {
  const picked: Partial<Record<Key, string>> = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      if (value !== "") picked[key] = String(value);
    }
  }
  return picked;
}

export function gallerySearch(search: Record<string, unknown>): GallerySearch {
  return pick(search, ["source", "job", "q", "image"]);
}

export function jobSearch(search: Record<string, unknown>): JobSearch {
  return pick(search, ["state", "reason"]);
}

export function connectionsSearch(search: Record<string, unknown>): ConnectionsSearch {
  return pick(search, ["connected", "problem"]);
}
