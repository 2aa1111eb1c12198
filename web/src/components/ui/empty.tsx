/** An empty place, with the act that fills it. */
import type { ReactNode } from "react";

export function Empty(props: { title: string; detail: string; action?: ReactNode }) {
  return (
    <div className="relative isolate overflow-hidden rounded-plate border border-line bg-deck px-6 py-20 text-center">
      <div aria-hidden className="contours -z-10 absolute inset-0 opacity-15" />
      <p className="lettering text-2xl">{props.title}</p>
      <p className="mx-auto mt-2 max-w-sm text-pretty text-soft">{props.detail}</p>
      {props.action && <div className="mt-6 flex justify-center gap-2">{props.action}</div>}
    </div>
  );
}
