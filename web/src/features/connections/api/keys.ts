/** Where the cache keeps what these acts answer; the import form reads the same list. */
export const connectionKeys = { list: ["connections"] as const };
