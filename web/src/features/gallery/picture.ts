/** What the gallery needs to know to show an image: its upright size and its addresses. */
import { absolute } from "@/lib/api/client";
import type { Image } from "@/lib/api/types";
import type { Size } from "./justify";

const SQUARE: Size = { width: 1, height: 1 };

/** Formats that every browser shows; of others the large thumbnail is the best there is. */
const shownByBrowsers = new Set([
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "image/avif",
]);

/** EXIF orientations 5 to 8 lie on their side: width and height change places. */
export function uprightSize(image: Pick<Image, "width" | "height" | "orientation">): Size {
  const { width, height, orientation } = image;
  if (!width || !height) return SQUARE;
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** By id, not by `thumbnail_url`: that bears PUBLIC_URL, and a page opened by another of the server's
 * names (localhost, 127.0.0.1) may load pictures from its own origin only. */
export function thumbnailUrl(image: Pick<Image, "image_id">): string {
  return absolute(`/api/v1/images/${image.image_id}/thumbnail?size=320`);
}

export function previewUrl(image: Pick<Image, "image_id">): string {
  return absolute(`/api/v1/images/${image.image_id}/thumbnail?size=1600`);
}

export function originalUrl(image: Pick<Image, "image_id">): string {
  return absolute(`/api/v1/images/${image.image_id}`);
}

/** Saved, not opened: a browser heeds the `download` of a link on its own origin only. */
export function downloadUrl(image: Pick<Image, "image_id">): string {
  return absolute(`/api/v1/images/${image.image_id}?download=1`);
}

export function zoomUrl(image: Pick<Image, "image_id" | "mime_type">): string {
  return shownByBrowsers.has(image.mime_type) ? originalUrl(image) : previewUrl(image);
}
