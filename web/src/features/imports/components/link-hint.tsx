/** What the box has recognised, in one sentence; read aloud as it changes. */
import { Anchor, FileQuestionMark } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Recognised } from "../recognise-link";

function useSentence(recognised: Recognised): string {
  const { t } = useTranslation("imports");
  switch (recognised.kind) {
    case "empty":
      return t("hint.empty");
    case "google_drive":
      return t(`hint.${recognised.shape}`);
    default:
      return t(`hint.${recognised.kind}`);
  }
}

export function LinkHint({ id, recognised }: { id: string; recognised: Recognised }) {
  const sentence = useSentence(recognised);
  const isKnown = recognised.kind !== "empty" && recognised.kind !== "unknown";
  const tone = recognised.kind === "empty" ? "text-soft" : isKnown ? "text-sea" : "text-caution";
  return (
    <p
      id={id}
      aria-live="polite"
      className={`mt-2.5 flex min-h-6 items-start gap-2 text-pretty text-sm [overflow-wrap:anywhere] ${tone}`}
    >
      {isKnown && <Anchor className="mt-0.5 size-4 shrink-0" aria-hidden />}
      {recognised.kind === "unknown" && (
        <FileQuestionMark className="mt-0.5 size-4 shrink-0" aria-hidden />
      )}
      {sentence}
    </p>
  );
}
