/** Whether the screen is narrower than the styles' `sm`: the header then has room for less. */
import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(width < 40rem)");

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener("change", onChange);
  return () => narrow.removeEventListener("change", onChange);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}
