/** Says at once which source a pasted link belongs to. A hint only: the server is the judge. */
export type Recognised =
  | { kind: "empty" }
  | { kind: "google_drive"; shape: "folder" | "file" | "unsure" | "bareId" | "document" }
  | { kind: "dropbox" | "object_storage" | "web_urls" }
  | { kind: "unknown" };

const bareId = /^[-\w]{19,}$/;
const driveHosts = new Set([
  "drive.google.com",
  "docs.google.com",
  "drive.usercontent.google.com",
  "lh3.googleusercontent.com",
]);

function parse(text: string): URL | undefined {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** The forms that Google writes: /drive/folders/ID, /file/d/ID/view, /open?id=ID and their kin. */
function recogniseDrive(url: URL): Recognised {
  const path = url.pathname;
  const id = url.searchParams.get("id");
  if (/\/(document|spreadsheets|presentation|forms)\/(u\/\d+\/)?d\/[-\w]{10,}/.test(path)) {
    return { kind: "google_drive", shape: "document" };
  }
  if (/\/folders\/[-\w]{10,}/.test(path) || (/folderview$/.test(path) && id)) {
    return { kind: "google_drive", shape: "folder" };
  }
  if (/\/d\/[-\w]{10,}/.test(path) || (/\/(uc|download|thumbnail)$/.test(path) && id)) {
    return { kind: "google_drive", shape: "file" };
  }
  return id ? { kind: "google_drive", shape: "unsure" } : { kind: "unknown" };
}

export function recogniseLink(input: string): Recognised {
  const text = input.trim();
  if (text === "") return { kind: "empty" };
  if (/^(s3|gs):\/\//i.test(text)) return { kind: "object_storage" };
  if (bareId.test(text)) return { kind: "google_drive", shape: "bareId" };
  const url = parse(text);
  if (!url || /\s/.test(text)) return { kind: "unknown" };
  const host = url.hostname.replace(/^www\./, "");
  if (driveHosts.has(host)) return recogniseDrive(url);
  if (/(^|\.)dropbox(usercontent)?\.com$/.test(host) || host === "db.tt") {
    return { kind: "dropbox" };
  }
  const isWeb = /^https?:$/.test(url.protocol) && host.includes(".") && url.pathname !== "/";
  return isWeb ? { kind: "web_urls" } : { kind: "unknown" };
}
