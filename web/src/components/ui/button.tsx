/** Buttons, and links that look like them. */
import type { ComponentProps } from "react";
import { cx } from "@/lib/class-names";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

const looks: Record<ButtonLook, string> = {
  primary: "bg-sea text-on-sea hover:bg-sea-deep",
  plain: "bg-deck ring-1 ring-edge/60 ring-inset hover:bg-well hover:ring-edge",
  quiet: "text-soft hover:bg-well hover:text-ink",
  danger: "bg-alarm text-fog hover:brightness-110",
};

export function buttonClass(look: ButtonLook = "plain", className?: string): string {
  return cx(
    "inline-flex min-h-9 select-none items-center justify-center gap-2 rounded-plate px-3.5 py-1.5",
    "font-[560] text-sm transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-55",
    "[&>svg]:size-4 [&>svg]:shrink-0",
    looks[look],
    className,
  );
}

type ButtonProps = ComponentProps<"button"> & { look?: ButtonLook };

export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

export function iconButtonClass(className = "text-soft hover:bg-well hover:text-ink"): string {
  return cx(
    "inline-flex size-10 items-center justify-center rounded-plate transition-colors [&>svg]:size-5",
    "disabled:cursor-not-allowed disabled:opacity-35",
    className,
  );
}

type IconButtonProps = ComponentProps<"button"> & { label: string };

/** A square button whose words are for screen readers and the tooltip. */
export function IconButton({ label, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={iconButtonClass(className)}
      {...rest}
    />
  );
}
