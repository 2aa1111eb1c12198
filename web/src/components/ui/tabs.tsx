/** Tabs: one of several panels is shown; arrows, Home and End move between them (WAI-ARIA APG). */
import {
  Activity,
  type ComponentType,
  type KeyboardEvent,
  type ReactNode,
  useId,
  useRef,
} from "react";
import { cx } from "@/lib/class-names";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  Icon: ComponentType<{ className?: string; "aria-hidden"?: boolean }>;
  panel: ReactNode;
}

interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  selected: Id;
  onSelect: (id: Id) => void;
}

const steps: Record<string, (from: number, count: number) => number> = {
  ArrowRight: (from, count) => (from + 1) % count,
  ArrowLeft: (from, count) => (from + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs<Id extends string>({ label, tabs, selected, onSelect }: TabsProps<Id>) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);

  const move = (event: KeyboardEvent, from: number) => {
    const to = steps[event.key]?.(from, tabs.length);
    const next = to === undefined ? undefined : tabs[to];
    if (to === undefined || !next) return;
    event.preventDefault();
    onSelect(next.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };

  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className="flex flex-wrap gap-x-1 gap-y-1">
        {tabs.map(({ id, label: words, Icon }, index) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${base}-tab-${id}`}
            aria-selected={id === selected}
            aria-controls={`${base}-panel-${id}`}
            tabIndex={id === selected ? 0 : -1}
            onClick={() => onSelect(id)}
            onKeyDown={(event) => move(event, index)}
            className={cx(
              "label inline-flex min-h-11 items-center gap-2 border-b-2 px-3 transition-colors",
              id === selected
                ? "border-sea text-ink"
                : "border-transparent text-soft hover:border-line hover:text-ink",
            )}
          >
            <Icon className="size-4" aria-hidden />
            {words}
          </button>
        ))}
      </div>
      {/* What was typed into a panel is still there when one comes back to it. */}
      {tabs.map(({ id, panel }) => (
        <Activity key={id} mode={id === selected ? "visible" : "hidden"}>
          <div role="tabpanel" id={`${base}-panel-${id}`} aria-labelledby={`${base}-tab-${id}`}>
            {panel}
          </div>
        </Activity>
      ))}
    </>
  );
}
