/** The browser's title: the screen first, so that many tabs can be told apart. */
import { useEffect } from "react";

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · pixharbor` : "pixharbor";
  }, [title]);
}
