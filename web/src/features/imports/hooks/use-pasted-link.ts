/** A link pasted anywhere on the screen lands in the box; in a field it is the field's own affair. */
import { useEffect } from "react";

export function usePastedLink(onPaste: (text: string) => void): void {
  useEffect(() => {
    const take = (event: ClipboardEvent) => {
      const inField =
        event.target instanceof HTMLElement && event.target.closest("input, textarea");
      const text = event.clipboardData?.getData("text/plain").trim();
      if (!inField && text) onPaste(text);
    };
    document.addEventListener("paste", take);
    return () => document.removeEventListener("paste", take);
  }, [onPaste]);
}
