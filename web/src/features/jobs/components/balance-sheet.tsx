/** The equation, large: listed = stored + … + pending; each fate opens the files that met it. */
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Balance } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { type Fate, fates } from "../balance";
import { FateMark } from "./fate-mark";

interface BalanceSheetProps {
  balance: Balance;
  chosen: string | undefined;
  onChoose: (fate: Fate | undefined) => void;
}

/** On a phone the terms stand under each other as in an account book; with room, in one line. */
const term =
  "flex items-baseline justify-between gap-3 py-1.5 lg:flex-col lg:justify-start lg:gap-0.5 lg:py-0";
const value = "figures lg:order-first lg:text-[2.25rem] lg:leading-10 text-xl font-[560]";

export function BalanceSheet({ balance, chosen, onChoose }: BalanceSheetProps) {
  const { t } = useTranslation("jobs");
  return (
    <div className="lg:-mx-2 lg:flex lg:flex-wrap lg:items-start lg:justify-between lg:gap-x-2 lg:gap-y-5">
      <div
        className={cx(term, "border-ink border-b-[3px] border-double lg:border-0 lg:px-2 lg:py-1")}
      >
        <span className="label text-soft">{t("balance.listed")}</span>
        <span className={value}>{formatCount(balance.listed)}</span>
      </div>
      {fates.map((fate, index) => (
        <Fragment key={fate}>
          <span aria-hidden className="hidden pt-1 text-2xl text-edge leading-10 lg:block">
            {index === 0 ? "=" : "+"}
          </span>
          <button
            type="button"
            aria-pressed={chosen === fate}
            title={t("balance.show", { fate: t(`fates.${fate}`) })}
            onClick={() => onChoose(chosen === fate ? undefined : fate)}
            className={cx(
              term,
              "w-full border-line border-b text-left transition-colors lg:w-auto lg:border-0 lg:px-2 lg:py-1",
              "rounded-plate hover:bg-well aria-pressed:bg-well aria-pressed:ring-1 aria-pressed:ring-edge",
              balance[fate] === 0 && "text-soft",
            )}
          >
            <span className="label flex items-center gap-1.5 text-soft">
              <FateMark fate={fate} />
              {t(`fates.${fate}`)}
            </span>
            <span className={cx(value, balance[fate] === 0 && "font-[380]")}>
              {formatCount(balance[fate])}
            </span>
          </button>
        </Fragment>
      ))}
    </div>
  );
}
