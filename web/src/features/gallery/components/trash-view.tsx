/** The trash: what was thrown away, until when it is kept, and the way back. */
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { TrashedImage } from "@/lib/api/types";
import { formatDateTime } from "@/lib/format";
import { useTrash } from "../api/list-trash";
import { useRestoreImage } from "../api/restore-image";
import { Thumbnail } from "./tile";

export function TrashView() {
  const { t } = useTranslation(["gallery", "common"]);
  const query = useTrash();
  const images = query.data?.pages.flatMap((page) => page.images) ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  return (
    <div className="mx-auto max-w-[90rem] px-4 py-8 sm:px-8">
      <Link
        to="/gallery"
        className="inline-flex items-center gap-1 text-sm text-soft underline underline-offset-3 hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        {t("lightbox.close")}
      </Link>
      <h1 className="lettering mt-2 text-[2rem] sm:text-4xl">{t("trash.name")}</h1>
      <p className="mt-3 mb-8 max-w-xl text-pretty text-soft">{t("trash.lead")}</p>
      {query.isPending && <p className="py-6 text-soft">{t("common:loading")}</p>}
      {query.isError && (
        <ProblemNotice
          error={query.error}
          onRetry={() => void (query.data ? fetchNextPage() : query.refetch())}
        />
      )}
      {query.isSuccess && images.length === 0 && (
        <Empty
          title={t("trash.emptyTitle")}
          detail={t("trash.emptyDetail")}
          action={
            <Link to="/gallery" className={buttonClass("plain")}>
              {t("lightbox.close")}
            </Link>
          }
        />
      )}
      {images.length > 0 && (
        <ul className="divide-y divide-line border-line border-y">
          {images.map((image) => (
            <TrashRow key={image.image_id} image={image} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="py-4 text-center">
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? t("common:loading") : t("common:more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function TrashRow({ image }: { image: TrashedImage }) {
  const { t } = useTranslation("gallery");
  const restore = useRestoreImage(image.image_id);
  return (
    <li className="grid grid-cols-[5rem_minmax(0,1fr)_auto] items-center gap-x-4 gap-y-2 py-3">
      <div className="h-16 overflow-hidden rounded-plate bg-well">
        <Thumbnail image={image} />
      </div>
      <div className="min-w-0">
        <p className="truncate font-[600]">{image.name}</p>
        <p className="text-sm text-soft">
          {t("trash.until", { time: formatDateTime(image.purge_at) })}
        </p>
      </div>
      <Button
        aria-label={t("trash.restoreOne", { name: image.name })}
        disabled={restore.isPending}
        onClick={() => restore.mutate()}
      >
        <Undo2 aria-hidden />
        <span className="max-sm:sr-only">{t("trash.restore")}</span>
      </Button>
      {restore.isError && (
        <div className="col-span-3">
          <ProblemNotice error={restore.error} />
        </div>
      )}
    </li>
  );
}
