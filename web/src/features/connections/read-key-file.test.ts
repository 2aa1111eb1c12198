import { expect, test } from "vitest";
import { readKeyFile } from "./read-key-file";

test("a key file is read as the object that it holds", async () => {
  const file = new File(['{"type": "service_account"}'], "key.json");
  expect(await readKeyFile(file)).toEqual({ type: "service_account" });
});

test.each(["", "[1]", "null", "not JSON", '"text"'])("%s is no key", async (text) => {
  expect(await readKeyFile(new File([text], "key.json"))).toBeNull();
});

test("no file is no key", async () => {
  expect(await readKeyFile(null)).toBeNull();
});
