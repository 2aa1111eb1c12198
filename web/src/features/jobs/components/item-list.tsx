/** The files of a job with their fates, filtered by fate and reason. */
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import { cx } from "@/lib/class-names";
import type { ItemFilter } from "../api/keys";
import { useItems } from "../api/list-items";
import { fates } from "../balance";
import { reasonTitle } from "../reasons";
import { ItemRow } from "./item-row";

interface ItemListProps {
  jobId: string;
  filter: ItemFilter;
  onFilter: (filter: ItemFilter) => void;
}

export function ItemList({ jobId, filter, onFilter }: ItemListProps) {
  const { t } = useTranslation(["jobs", "reasons", "common"]);
  const query = useItems(jobId, filter);
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <section aria-labelledby="items" className="scroll-mt-24">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <h2 id="items" className="lettering text-xl">
          {t("items.title")}
        </h2>
        <FateFilter filter={filter} onFilter={onFilter} />
        {filter.reason && (
          <Button look="quiet" onClick={() => onFilter({ state: filter.state })}>
            {t("items.onlyReason", { reason: reasonTitle(t, filter.reason) ?? filter.reason })}
            <X aria-label={t("items.clear")} />
          </Button>
        )}
      </div>
      <div className="mt-3 space-y-4">
        {query.isError && (
          <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.isPending && <p className="py-6 text-soft">{t("common:loading")}</p>}
        {items?.length === 0 && <p className="py-6 text-soft">{t("items.empty")}</p>}
        {items && items.length > 0 && (
          <ul className="divide-y divide-line border-line border-y">
            {items.map((item) => (
              <ItemRow key={item.seq} item={item} />
            ))}
          </ul>
        )}
        {query.hasNextPage && (
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            {t("common:more")}
          </Button>
        )}
      </div>
    </section>
  );
}

function FateFilter({ filter, onFilter }: Pick<ItemListProps, "filter" | "onFilter">) {
  const { t } = useTranslation("jobs");
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{t("items.fate")}</legend>
      {[undefined, ...fates].map((state) => (
        <button
          key={state ?? "all"}
          type="button"
          aria-pressed={filter.state === state}
          onClick={() => onFilter({ state })}
          className={cx(
            "label min-h-8 rounded-plate px-2.5 text-soft transition-colors hover:bg-well hover:text-ink",
            "aria-pressed:bg-ink aria-pressed:text-fog",
          )}
        >
          {state ? t(`fates.${state}`) : t("items.all")}
        </button>
      ))}
    </fieldset>
  );
}
