import { describe, expect, test } from "vitest";
import { recogniseLink } from "./recognise-link";

const id = "1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW";

describe("a Google Drive link is recognised in every form Google writes", () => {
  test.each([
    [`https://drive.google.com/drive/folders/${id}`, "folder"],
    [`https://drive.google.com/drive/folders/${id}?usp=sharing&resourcekey=0-abc`, "folder"],
    [`https://drive.google.com/drive/u/0/folders/${id}/`, "folder"],
    [`https://drive.google.com/drive/mobile/folders/${id}#grid`, "folder"],
    [`https://drive.google.com/folderview?id=${id}`, "folder"],
    [`drive.google.com/drive/folders/${id}`, "folder"],
    [`  https://drive.google.com/drive/folders/${id}\n`, "folder"],
    [`https://drive.google.com/file/d/${id}/view?usp=drive_link`, "file"],
    [`https://drive.google.com/file/u/0/d/${id}/view`, "file"],
    [`https://drive.google.com/uc?id=${id}&export=download`, "file"],
    [`https://drive.usercontent.google.com/download?id=${id}`, "file"],
    [`https://drive.google.com/thumbnail?id=${id}`, "file"],
    [`https://lh3.googleusercontent.com/d/${id}`, "file"],
    [`https://drive.google.com/open?id=${id}`, "unsure"],
    [`https://docs.google.com/document/d/${id}/edit`, "document"],
    [id, "bareId"],
  ])("%s is a %s", (link, shape) => {
    expect(recogniseLink(link)).toEqual({ kind: "google_drive", shape });
  });
});

test.each([
  ["https://www.dropbox.com/scl/fo/abc/AAA?rlkey=x&dl=0", "dropbox"],
  ["https://www.dropbox.com/sh/abc/AAA", "dropbox"],
  ["https://dl.dropboxusercontent.com/scl/fi/abc/a.jpg?rlkey=x", "dropbox"],
  ["s3://bucket/photos", "object_storage"],
  ["https://evil-drive.google.com.example.org/drive/folders/x", "web_urls"],
  ["https://example.org/photos/cat.jpg", "web_urls"],
  ["https://example.org/image?id=7", "web_urls"],
])("%s is recognised as %s", (link, kind) => {
  expect(recogniseLink(link)).toEqual({ kind });
});

test.each([
  "my holiday photos",
  "https://example.org/",
  "https://drive.google.com/drive/my-drive",
  "ftp://example.org/cat.jpg",
  "http://",
])("%s is not taken for something it is not", (link) => {
  expect(recogniseLink(link)).toEqual({ kind: "unknown" });
});

test("nothing typed is nothing recognised", () => {
  expect(recogniseLink("   ")).toEqual({ kind: "empty" });
});
