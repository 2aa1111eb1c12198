import { expect, test } from "vitest";
import { countLines, isTable } from "./list-files";

test("tables are told by their names", () => {
  expect(["a.csv", "A.CSV", "b.tsv", "c.d.tab"].every(isTable)).toBe(true);
  expect(["a.txt", "csv", "a.csv.txt", ""].some(isTable)).toBe(false);
});

test("empty lines and comments are no addresses", () => {
  expect(countLines("\n https://a.example/1.jpg\r\n\n# more\nhttps://a.example/2.jpg")).toBe(2);
  expect(countLines("")).toBe(0);
});
