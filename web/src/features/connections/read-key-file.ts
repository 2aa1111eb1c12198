/** A key file that was chosen in a form, as the object that it holds; null for anything else. */
export async function readKeyFile(
  chosen: FormDataEntryValue | null,
): Promise<Record<string, unknown> | null> {
  if (!(chosen instanceof File)) return null;
  try {
    const key: unknown = JSON.parse(await chosen.text());
    const isObject = typeof key === "object" && key !== null && !Array.isArray(key);
    return isObject ? (key as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
