/** Why an item is not stored, or a job waits, in the reader's language; undefined for a code newer than the catalogue. */
import type { FailedFolder, ReasonCount } from "@/lib/api/types";
import { en } from "@/lib/i18n/en";

type Known = keyof typeof en.reasons;

type KnownCure = keyof typeof en.cures;

function isKnown(code: string): code is Known {
  return code in en.reasons;
}

function isKnownCure(code: string): code is KnownCure {
  return code in en.cures;
}

export function reasonTitle(
  t: (key: `reasons:${Known}.title`) => string,
  code: string,
): string | undefined {
  return isKnown(code) ? t(`reasons:${code}.title`) : undefined;
}

/** The act that cures it at that source; undefined for a code newer than the catalogue. */
export function reasonCure(
  t: (key: `reasons:${Known}.cure` | `cures:${KnownCure}`) => string,
  code: string,
  source: string,
): string | undefined {
  const own = `${source}/${code}`;
  if (isKnownCure(own)) return t(`cures:${own}`);
  return isKnown(code) ? t(`reasons:${code}.cure`) : undefined;
}

type KnownPause = keyof typeof en.jobs.pause.reasons;

function isKnownPause(code: string): code is KnownPause {
  return code in en.jobs.pause.reasons;
}

/** Why the whole job waits. */
export function pauseSentence(
  t: (key: `jobs:pause.reasons.${KnownPause}`) => string,
  code: string,
): string | undefined {
  return isKnownPause(code) ? t(`jobs:pause.reasons.${code}`) : undefined;
}

export interface RefusedFolders {
  reason: string;
  sentence: string;
  cure: string;
  folders: FailedFolder[];
}

/** Folders that could not be listed, those of one reason together: one act cures them. */
export function byReason(folders: readonly FailedFolder[]): RefusedFolders[] {
  const groups = new Map<string, RefusedFolders>();
  for (const folder of folders) {
    const { reason, sentence, cure } = folder;
    const group = groups.get(reason) ?? { reason, sentence, cure, folders: [] };
    group.folders.push(folder);
    groups.set(reason, group);
  }
  return [...groups.values()];
}

/** What wants a hand comes first. */
const urgency = ["failed", "gone", "skipped", "cancelled", "duplicate"];

export function byUrgency(reasons: readonly ReasonCount[]): ReasonCount[] {
  const rank = ({ state }: ReasonCount) => urgency.indexOf(state);
  return [...reasons].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}
