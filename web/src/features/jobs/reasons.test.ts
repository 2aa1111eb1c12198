import { expect, test } from "vitest";
import { byReason, pauseSentence, reasonCure } from "./reasons";

function refused(path: string, reason: string) {
  const message = `${path} said no`;
  return { provider_id: path, path, reason, message, sentence: reason, cure: `cure ${reason}` };
}

test("folders that were refused for one reason stand together, each by its name", () => {
  const groups = byReason([
    refused("a", "forbidden"),
    refused("b", "timeout"),
    refused("c", "forbidden"),
  ]);
  expect(groups.map(({ reason, folders }) => [reason, folders.map(({ path }) => path)])).toEqual([
    ["forbidden", ["a", "c"]],
    ["timeout", ["b"]],
  ]);
  expect(groups[0]?.cure).toBe("cure forbidden");
});

test("a pause for a full disk says so", () => {
  const key = (key: string) => key;
  expect(pauseSentence(key, "storage_full")).toBe("jobs:pause.reasons.storage_full");
  expect(pauseSentence(key, "newer_than_this_page")).toBeUndefined();
});

test("what cures a reason depends on where the file lies", () => {
  const key = (key: string) => key;
  expect(reasonCure(key, "forbidden", "google_drive")).toBe("reasons:forbidden.cure");
  expect(reasonCure(key, "forbidden", "local_folder")).toBe("cures:local_folder/forbidden");
  expect(reasonCure(key, "checksum", "zip_archive")).toBe("cures:zip_archive/checksum");
  expect(reasonCure(key, "newer_than_this_page", "zip_archive")).toBeUndefined();
});
