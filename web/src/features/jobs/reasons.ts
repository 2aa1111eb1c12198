/** Why an item is not stored, in the reader's language where the catalogue knows the code. */
import type { TFunction } from "i18next";
import { en } from "@/lib/i18n/en";

type Known = keyof typeof en.reasons;

function isKnown(code: string): code is Known {
  return code in en.reasons;
}

export function reasonTitle(t: TFunction<["jobs", "reasons"]>, code: string): string {
  return isKnown(code) ? t(`reasons:${code}.title`) : code.replaceAll("_", " ");
}

export function reasonCure(t: TFunction<["jobs", "reasons"]>, code: string): string {
  return isKnown(code) ? t(`reasons:${code}.cure`) : "";
}
