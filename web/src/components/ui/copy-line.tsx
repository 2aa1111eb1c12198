/** A line of code or a hash with a button that copies it. */
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cx } from "@/lib/class-names";

export function CopyLine({ text, className }: { text: string; className?: string }) {
  const { t } = useTranslation("imports");
  const [copied, setCopied] = useState(false);
  // Clipboards are closed to pages on plain http elsewhere than localhost; the text can be selected.
  const canCopy = "clipboard" in navigator;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className={cx("flex items-center gap-1 rounded-plate bg-well pl-3 text-ink", className)}>
      <code className="min-w-0 flex-1 select-all truncate py-1.5 font-mono text-[0.8125rem]">
        {text}
      </code>
      {canCopy && (
        <button
          type="button"
          onClick={() => void copy()}
          aria-label={copied ? t("copied") : t("copy")}
          title={copied ? t("copied") : t("copy")}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded-plate text-soft hover:text-ink"
        >
          {copied ? (
            <Check className="size-4" aria-hidden />
          ) : (
            <Copy className="size-4" aria-hidden />
          )}
        </button>
      )}
      <span role="status" className="sr-only">
        {copied && t("copied")}
      </span>
    </span>
  );
}
