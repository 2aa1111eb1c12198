/** One filter set or taken away; what is empty is left out of the request. */
import type { Filters, ImportOptions } from "@/lib/api/types";

export function withFilter(
  options: ImportOptions,
  name: keyof Filters,
  value: string | number | string[],
): ImportOptions {
  const { filters: before, ...rest } = options;
  const { [name]: _, ...others } = before ?? {};
  const isEmpty = Array.isArray(value) ? value.length === 0 : value === "";
  const filters: Filters = isEmpty ? others : { ...others, [name]: value };
  return Object.keys(filters).length > 0 ? { ...rest, filters } : rest;
}

/** "IMG_*, *.tif" is two patterns. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

export function joinList(words: readonly string[] | undefined): string {
  return (words ?? []).join(", ");
}
