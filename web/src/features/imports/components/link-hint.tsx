/** What the box has recognised, in one sentence; read aloud as it changes. */
import { Anchor, Clock, FileQuestionMark } from "lucide-react";
import { useTranslation } from "react-i18next";
import { sourceName } from "@/lib/known-source";
import type { Recognised } from "../recognise-link";

function useSentence(recognised: Recognised): string {
  const { t } = useTranslation(["imports", "common"]);
  switch (recognised.kind) {
    case "empty":
      return t("hint.empty");
    case "google_drive":
      return t(`hint.${recognised.shape}`);
    case "later":
      return t("hint.later", { source: sourceName(t, recognised.source) });
    case "unknown":
      return t("hint.unknown");
  }
}

const icons = { empty: null, google_drive: Anchor, later: Clock, unknown: FileQuestionMark };

export function LinkHint({ id, recognised }: { id: string; recognised: Recognised }) {
  const sentence = useSentence(recognised);
  const Icon = icons[recognised.kind];
  const tone = {
    empty: "text-soft",
    google_drive: "text-sea",
    later: "text-caution",
    unknown: "text-caution",
  };
  return (
    <p
      id={id}
      aria-live="polite"
      className={`mt-2.5 flex min-h-6 items-start gap-2 text-pretty text-sm [overflow-wrap:anywhere] ${tone[recognised.kind]}`}
    >
      {Icon && <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />}
      {sentence}
    </p>
  );
}
