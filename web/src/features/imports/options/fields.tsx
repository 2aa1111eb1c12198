/** The fields that options are made of: a label above, or beside a box that is ticked. */
import { type ComponentProps, type ReactNode, useId } from "react";

const box =
  "min-h-10 w-full min-w-0 rounded-plate bg-deck px-3 text-base ring-1 ring-edge/60 ring-inset outline-none focus-visible:ring-2 focus-visible:ring-sea";

interface LabelledProps {
  label: string;
  hint?: string;
}

export function TextField({
  label,
  hint,
  onText,
  ...rest
}: LabelledProps & { onText: (text: string) => void } & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="label block text-soft">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onText(event.target.value)}
        className={`${box} mt-1`}
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

export function ChoiceField({
  label,
  hint,
  onText,
  children,
  ...rest
}: LabelledProps & {
  onText: (text: string) => void;
  children: ReactNode;
} & ComponentProps<"select">) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="label block text-soft">
        {label}
      </label>
      <select
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onText(event.target.value)}
        className={`${box} mt-1`}
        {...rest}
      >
        {children}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

export function TickField({
  label,
  hint,
  checked,
  onTick,
}: LabelledProps & { checked: boolean; onTick: (checked: boolean) => void }) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onTick(event.target.checked)}
        className="mt-1 size-5 accent-sea"
      />
      <div>
        <label htmlFor={id} className="font-[560]">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
