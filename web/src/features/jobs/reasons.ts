/** Why an item is not stored, in the reader's language; undefined for a code newer than the catalogue. */
import type { TFunction } from "i18next";
import type { ReasonCount } from "@/lib/api/types";
import { en } from "@/lib/i18n/en";

type Known = keyof typeof en.reasons;

function isKnown(code: string): code is Known {
  return code in en.reasons;
}

export function reasonTitle(t: TFunction<["jobs", "reasons"]>, code: string): string | undefined {
  return isKnown(code) ? t(`reasons:${code}.title`) : undefined;
}

export function reasonCure(t: TFunction<["jobs", "reasons"]>, code: string): string | undefined {
  return isKnown(code) ? t(`reasons:${code}.cure`) : undefined;
}

/** What wants a hand comes first. */
const urgency = ["failed", "gone", "skipped", "cancelled", "duplicate"];

export function byUrgency(reasons: readonly ReasonCount[]): ReasonCount[] {
  const rank = ({ state }: ReasonCount) => urgency.indexOf(state);
  return [...reasons].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}
