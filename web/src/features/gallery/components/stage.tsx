/** The image itself: fitted to the window, or at its actual size to be moved about. */
import { ImageOff } from "lucide-react";
import { type TouchEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Image } from "@/lib/api/types";
import { cx } from "@/lib/class-names";
import { usePreviewProblem } from "../api/get-preview-problem";
import { previewUrl, thumbnailUrl, uprightSize, zoomUrl } from "../picture";

/** A finger must go so far sideways, in CSS pixels, to turn the page. */
const SWIPE = 56;

interface StageProps {
  image: Image;
  zoomed: boolean;
  onZoom: () => void;
  onSwipe: (step: 1 | -1) => void;
}

export function Stage({ image, zoomed, onZoom, onSwipe }: StageProps) {
  const [failed, setFailed] = useState(false);
  const [loaded, setLoaded] = useState(false);
  const swipe = useSwipe(onSwipe);
  if (image.damaged || failed) return <DamagedStage id={image.image_id} />;
  if (zoomed) {
    return (
      <section className="size-full overflow-auto outline-none" aria-label={image.name}>
        <div className="grid min-h-full w-max min-w-full place-items-center">
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the z key and a button do the same */}
          <img
            src={zoomUrl(image)}
            alt={image.name}
            onClick={onZoom}
            onError={() => setFailed(true)}
            className="max-w-none cursor-zoom-out"
          />
        </div>
      </section>
    );
  }
  const { width, height } = uprightSize(image);
  return (
    <div className="grid size-full place-items-center p-2 pt-0 sm:px-16 sm:pb-6" {...swipe}>
      <div
        className="relative max-h-full max-w-full"
        style={{
          aspectRatio: `${width} / ${height}`,
          width: width > 1 ? Math.min(width, 1600) : undefined,
        }}
      >
        {!loaded && (
          <img src={thumbnailUrl(image)} alt="" className="absolute inset-0 size-full blur-md" />
        )}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the z key and a button do the same */}
        <img
          src={previewUrl(image)}
          alt={image.name}
          onClick={onZoom}
          onLoad={() => setLoaded(true)}
          onError={() => setFailed(true)}
          className={cx("relative size-full cursor-zoom-in object-contain", !loaded && "opacity-0")}
        />
      </div>
    </div>
  );
}

function useSwipe(onSwipe: (step: 1 | -1) => void) {
  const from = useRef<number | null>(null);
  return {
    onTouchStart: (event: TouchEvent) => {
      from.current = event.touches.length === 1 ? (event.touches[0]?.clientX ?? null) : null;
    },
    onTouchEnd: (event: TouchEvent) => {
      const moved = (event.changedTouches[0]?.clientX ?? 0) - (from.current ?? 0);
      if (from.current !== null && Math.abs(moved) > SWIPE) onSwipe(moved < 0 ? 1 : -1);
      from.current = null;
    },
  };
}

function DamagedStage({ id }: { id: string }) {
  const { t } = useTranslation("gallery");
  const problem = usePreviewProblem(id).data;
  return (
    <div className="grid size-full place-items-center p-6">
      <div className="hatch max-w-lg border border-line p-3">
        <div className="bg-deck px-6 py-8 text-center">
          <ImageOff className="mx-auto size-8 text-soft" aria-hidden />
          <p className="lettering mt-3 text-xl">{t("damaged.title")}</p>
          <p className="mt-2 text-pretty text-soft">{t("damaged.detail")}</p>
          {problem && (
            <p className="mt-2 text-pretty [overflow-wrap:anywhere]">
              {t("damaged.why", { reason: problem.detail || problem.title })}
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
