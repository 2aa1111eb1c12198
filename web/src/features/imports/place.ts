/** What a place is that somebody types: a folder of the server, a bucket, or a linked archive. */
export type PlaceKind = "empty" | "folder" | "bucket" | "archive" | "unknown";

export function kindOfPlace(text: string): PlaceKind {
  const place = text.trim();
  if (place === "") return "empty";
  if (/^(s3|gs):\/\/[^/]+/i.test(place)) return "bucket";
  if (/^https?:\/\/[^?#]+\.zip([?#]|$)/i.test(place)) return "archive";
  if (place.startsWith("/") || /^file:\/\/\//i.test(place)) return "folder";
  return "unknown";
}

export function isArchive(name: string): boolean {
  return /\.zip$/i.test(name);
}
