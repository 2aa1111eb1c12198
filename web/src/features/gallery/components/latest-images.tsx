/** A strip of what came in last from a job, leading to the gallery. */
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLatestImages } from "../api/list-images";
import { uprightSize } from "../picture";
import { Thumbnail } from "./tile";

export function LatestImages({ jobId }: { jobId: string }) {
  const { t } = useTranslation("jobs");
  const images = useLatestImages(jobId).data?.images;
  if (!images || images.length === 0) return null;
  return (
    <section aria-labelledby="latest">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 id="latest" className="lettering text-xl">
          {t("latest.title")}
        </h2>
        <Link
          to="/gallery"
          search={{ job: jobId }}
          className="inline-flex items-center gap-1 text-sm text-soft underline underline-offset-3 hover:text-ink"
        >
          {t("latest.all")}
          <ArrowRight className="size-4" aria-hidden />
        </Link>
      </div>
      <ul className="flex h-24 gap-1 overflow-hidden sm:h-32">
        {images.map((image) => {
          const { width, height } = uprightSize(image);
          return (
            <li
              key={image.image_id}
              className="h-full min-w-16 shrink-0 grow bg-well"
              style={{ aspectRatio: `${Math.min(2, Math.max(0.6, width / height))}` }}
            >
              <Link
                to="/gallery"
                search={{ job: jobId, image: image.image_id }}
                aria-label={image.name}
                className="block size-full focus-visible:outline-offset-[-3px]"
              >
                <Thumbnail image={image} />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
