/** Which files a list of addresses can come in, and how many lines a text has. */

/** Read as tables, with a column to choose; everything else is text. */
export function isTable(name: string): boolean {
  return /\.(csv|tsv|tab)$/i.test(name);
}

export function countLines(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("#"))
    .length;
}
