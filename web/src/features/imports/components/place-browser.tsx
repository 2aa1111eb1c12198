/** An account's folders: choose one, or look inside. */
import { ChevronRight, Folder } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Place } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { usePlaces } from "../api/list-places";

interface PlaceBrowserProps {
  connectionId: string;
  /** The folders that were gone into, the outermost first. */
  trail: readonly Place[];
  chosen: string;
  onTrail: (trail: readonly Place[]) => void;
  onChoose: (place: Place) => void;
}

export function PlaceBrowser(props: PlaceBrowserProps) {
  const { connectionId, trail, chosen, onTrail, onChoose } = props;
  const { t } = useTranslation(["imports", "common"]);
  const query = usePlaces(connectionId, trail.at(-1)?.link);
  return (
    <div className="mt-3 rounded-plate bg-deck p-2 ring-1 ring-edge">
      <nav aria-label={t("account.trail")} className="flex flex-wrap items-center px-1 text-sm">
        <TrailStep name={t("account.start")} onSelect={() => onTrail([])} />
        {trail.map((place, depth) => (
          <TrailStep
            key={place.link}
            name={place.name}
            onSelect={() => onTrail(trail.slice(0, depth + 1))}
          />
        ))}
      </nav>
      {query.isPending && <p className="p-2 text-soft">{t("common:loading")}</p>}
      {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.places.length === 0 && <p className="p-2 text-soft">{t("account.noFolders")}</p>}
      <ul className="mt-1 max-h-64 overflow-y-auto">
        {query.data?.places.map((place) => (
          <li key={place.link} className="flex items-stretch">
            <button
              type="button"
              aria-pressed={place.link === chosen}
              onClick={() => onChoose(place)}
              className={cx(
                "flex min-h-10 min-w-0 flex-1 items-center gap-2.5 rounded-plate px-2.5 text-left hover:bg-well",
                place.link === chosen && "bg-well font-[600]",
              )}
            >
              <Folder className="size-4 shrink-0 text-sea" aria-hidden />
              <span className="truncate">{place.name}</span>
            </button>
            <button
              type="button"
              aria-label={t("account.inside", { name: place.name })}
              title={t("account.inside", { name: place.name })}
              onClick={() => onTrail([...trail, place])}
              className="inline-flex size-10 items-center justify-center rounded-plate text-soft hover:bg-well hover:text-ink"
            >
              <ChevronRight className="size-5" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function TrailStep({ name, onSelect }: { name: string; onSelect: () => void }) {
  return (
    <span className="flex items-center">
      <button
        type="button"
        onClick={onSelect}
        className="min-h-9 max-w-48 truncate rounded-plate px-1.5 text-soft hover:bg-well hover:text-ink"
      >
        {name}
      </button>
      <ChevronRight className="size-3.5 text-soft" aria-hidden />
    </span>
  );
}
