import { describe, expect, it } from "vitest";
import { isArchive, kindOfPlace } from "./place";

describe("a place", () => {
  it.each([
    ["  ", "empty"],
    ["/photos/2024", "folder"],
    ["file:///photos", "folder"],
    ["s3://photos", "bucket"],
    [" gs://photos/2024/ ", "bucket"],
    ["https://example.org/album.ZIP?x=1", "archive"],
    ["https://example.org/album", "unknown"],
    ["photos", "unknown"],
    ["s3://", "unknown"],
  ])("%j is told by its form: %s", (text, kind) => {
    expect(kindOfPlace(text)).toBe(kind);
  });

  it("is an archive by its name's ending", () => {
    expect(["a.zip", "A.ZIP", "zip", "a.zip.jpg"].map(isArchive)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
