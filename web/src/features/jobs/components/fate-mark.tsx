/** The colour of a fate; always beside its word, never alone. */
import { cx } from "@/lib/class-names";
import { type Fate, isFate } from "../balance";

export const fateFill: Record<Fate, string> = {
  pending: "hatch bg-deck",
  stored: "bg-fate-stored",
  duplicate: "bg-fate-duplicate",
  skipped: "bg-fate-skipped",
  failed: "bg-fate-failed",
  gone: "bg-fate-gone",
  cancelled: "bg-fate-cancelled",
};

export function FateMark({ fate }: { fate: string }) {
  return (
    <span
      aria-hidden
      className={cx(
        "inline-block size-2.5 shrink-0",
        fate === "pending" && "ring-1 ring-edge ring-inset",
        isFate(fate) ? fateFill[fate] : "bg-edge",
      )}
    />
  );
}
