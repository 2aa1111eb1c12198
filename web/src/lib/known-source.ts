/** The source words that the catalogues know; newer servers may send others. */
import type { en } from "./i18n/en";

type KnownSource = keyof (typeof en)["common"]["sources"];

const known: Record<KnownSource, true> = {
  google_drive: true,
  dropbox: true,
  web_urls: true,
  csv: true,
  object_storage: true,
  local_folder: true,
  zip_archive: true,
  upload: true,
};

function isKnown(source: string): source is KnownSource {
  return source in known;
}

/** Name of a source in the language of `t`; an unknown one shows its own word. */
export function sourceName(
  t: (key: `common:sources.${KnownSource}`) => string,
  source: string,
): string {
  return isKnown(source) ? t(`common:sources.${source}`) : source;
}
