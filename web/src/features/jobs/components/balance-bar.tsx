/** The balance as a bar: every file of the folder is in it, in the colour of its fate. */
import { useTranslation } from "react-i18next";
import type { Balance } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { segmentsOf, settledOf } from "../balance";
import { fateFill } from "./fate-mark";

export function BalanceBar({ balance, className }: { balance: Balance; className?: string }) {
  const { t } = useTranslation("jobs");
  const settled = settledOf(balance);
  return (
    <div
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={Math.max(balance.listed, 1)}
      aria-valuenow={settled}
      aria-label={t("balance.title")}
      aria-valuetext={t("balance.bar", {
        done: formatCount(settled),
        listed: formatCount(balance.listed),
      })}
      className={cx("flex gap-px overflow-hidden border border-chart bg-deck p-px", className)}
    >
      {segmentsOf(balance).map(({ fate, share }) => (
        <span
          key={fate}
          style={{ width: `${share}%` }}
          className={cx("transition-[width] duration-700 ease-tide", fateFill[fate])}
        />
      ))}
    </div>
  );
}
