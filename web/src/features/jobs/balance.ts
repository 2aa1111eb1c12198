/** The books of a job: listed = stored + duplicate + skipped + failed + gone + cancelled + pending. */
import type { Balance } from "@/lib/api/types";

/** In the order of the equation, of the bar and of every list: what is still to come is last. */
export const fates = [
  "stored",
  "duplicate",
  "skipped",
  "failed",
  "gone",
  "cancelled",
  "pending",
] as const;
export type Fate = (typeof fates)[number];

/** A fate of a single file among a million is still to be seen: least share of the bar, in percent. */
const LEAST_SHARE = 0.6;

export function isFate(word: string | undefined): word is Fate {
  return fates.some((fate) => fate === word);
}

/** Files that the equation does not account for; anything but 0 is a bug of the server. */
export function gapOf(balance: Balance): number {
  return balance.listed - fates.reduce((sum, fate) => sum + balance[fate], 0);
}

export function settledOf(balance: Balance): number {
  return balance.listed - balance.pending;
}

/** The fates that files have met, in the equation's order: with `listed` they leave nothing open. */
export function metFates(balance: Balance): { fate: Fate; count: number }[] {
  return fates.map((fate) => ({ fate, count: balance[fate] })).filter(({ count }) => count > 0);
}

export interface Segment {
  fate: Fate;
  count: number;
  /** Share of the bar in percent; all shares add up to 100. */
  share: number;
}

/** The bar's parts. Small ones are widened to LEAST_SHARE at the cost of the larger ones. */
export function segmentsOf(balance: Balance): Segment[] {
  const parts = metFates(balance);
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const exact = (count: number) => (count / total) * 100;
  const large = parts.filter(({ count }) => exact(count) > LEAST_SHARE);
  const room = 100 - LEAST_SHARE * (parts.length - large.length);
  const largeTotal = large.reduce((sum, { count }) => sum + count, 0);
  return parts.map(({ fate, count }) => ({
    fate,
    count,
    share: exact(count) > LEAST_SHARE ? (count / largeTotal) * room : LEAST_SHARE,
  }));
}
