/** The gallery: toolbar, grid, and the lightbox over it. */
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { ImageFilter } from "../api/keys";
import { useImages } from "../api/list-images";
import { useShortcuts } from "../hooks/use-shortcuts";
import { ImageGrid } from "./image-grid";
import { KeyboardHelp } from "./keyboard-help";
import { Lightbox } from "./lightbox";
import { Toolbar } from "./toolbar";

interface GalleryViewProps {
  filter: ImageFilter;
  onFilter: (filter: ImageFilter) => void;
  jobName: string | undefined;
  /** Id of the image in the lightbox. */
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
}

export function GalleryView({ filter, onFilter, jobName, open, onOpen }: GalleryViewProps) {
  const { t } = useTranslation(["gallery", "common"]);
  const query = useImages(filter);
  const images = useMemo(
    () => query.data?.pages.flatMap((page) => page.images) ?? [],
    [query.data],
  );
  const total = query.data?.pages[0]?.total;
  const searchRef = useRef<HTMLInputElement>(null);
  const [help, setHelp] = useState(false);
  const [returnTo, setReturnTo] = useState<string>();

  useShortcuts(
    [
      ["/", () => searchRef.current?.focus()],
      ["?", () => setHelp(true)],
    ],
    open === undefined && !help,
  );
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  const close = () => {
    setReturnTo(open);
    onOpen(undefined);
  };

  return (
    <>
      <Toolbar
        filter={filter}
        total={total}
        jobName={jobName}
        searchRef={searchRef}
        onFilter={onFilter}
        onHelp={() => setHelp(true)}
      />
      <div className="mx-auto max-w-[110rem] space-y-4 px-4 pt-1 sm:px-8">
        {images.length > 0 && (
          <ImageGrid
            images={images}
            total={total ?? null}
            more={hasNextPage}
            onNearEnd={loadMore}
            returnTo={open === undefined ? returnTo : undefined}
          />
        )}
        {query.isPending && <p className="py-6 text-soft">{t("common:loading")}</p>}
        {query.isError && (
          <ProblemNotice
            error={query.error}
            onRetry={() => void (query.data ? fetchNextPage() : query.refetch())}
          />
        )}
        {query.isSuccess && images.length === 0 && (
          <NothingHere filter={filter} onFilter={onFilter} />
        )}
        {isFetchingNextPage && <p className="py-4 text-center text-soft">{t("common:loading")}</p>}
      </div>
      {open !== undefined && (
        <Lightbox
          id={open}
          images={images}
          total={total ?? null}
          onOpen={onOpen}
          onClose={close}
          onNearEnd={loadMore}
        />
      )}
      <KeyboardHelp open={help} onOpenChange={setHelp} />
    </>
  );
}

function NothingHere({ filter, onFilter }: Pick<GalleryViewProps, "filter" | "onFilter">) {
  const { t } = useTranslation("gallery");
  const filtered = Boolean(filter.q || filter.source || filter.job);
  return (
    <Empty
      title={filtered ? t("empty.filteredTitle") : t("empty.title")}
      detail={filtered ? t("empty.filteredDetail") : t("empty.detail")}
      action={
        filtered ? (
          <Button onClick={() => onFilter({})}>{t("clearAll")}</Button>
        ) : (
          <Link to="/" className={buttonClass("primary")}>
            {t("empty.act")}
          </Link>
        )
      }
    />
  );
}
