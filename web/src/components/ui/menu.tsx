/** A drop-down menu. */
import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/class-names";

const item =
  "flex min-h-9 cursor-pointer select-none items-center gap-2.5 rounded-plate px-2.5 text-sm outline-none data-[highlighted]:bg-well [&>svg]:size-4";

export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="enter z-50 min-w-52 rounded-plate border border-line bg-deck p-1.5 text-ink shadow-xl"
        >
          {children}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

export function MenuItem({
  className,
  danger,
  ...rest
}: ComponentProps<typeof Dropdown.Item> & { danger?: boolean }) {
  return <Dropdown.Item className={cx(item, danger && "text-alarm", className)} {...rest} />;
}

export function MenuSeparator({ className }: { className?: string }) {
  return <Dropdown.Separator className={cx("my-1.5 h-px bg-line", className)} />;
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; label: string }[];
  onChoose: (value: Value) => void;
}

export function MenuChoice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, choices, onChoose } = props;
  return (
    <>
      <Dropdown.Label className="label px-2.5 pt-1.5 pb-1 text-soft">{label}</Dropdown.Label>
      <Dropdown.RadioGroup
        value={value}
        onValueChange={(next) => {
          const choice = choices.find((candidate) => candidate.value === next);
          if (choice) onChoose(choice.value);
        }}
      >
        {choices.map((choice) => (
          <Dropdown.RadioItem key={choice.value} value={choice.value} className={item}>
            <span className="inline-flex w-4">
              <Dropdown.ItemIndicator>
                <Check className="size-4" aria-hidden />
              </Dropdown.ItemIndicator>
            </span>
            {choice.label}
          </Dropdown.RadioItem>
        ))}
      </Dropdown.RadioGroup>
    </>
  );
}
