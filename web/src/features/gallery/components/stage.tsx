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
/** The longer side of a preview, in pixels. */
const PREVIEW = 1600;

const fitted = "absolute inset-0 m-auto size-full object-contain";

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
  // Both pictures lie in the same box, never larger than the preview is.
  const { width, height } = uprightSize(image);
  const scale = Math.min(1, PREVIEW / Math.max(width, height));
  const box = width > 1 ? { maxWidth: width * scale, maxHeight: height * scale } : {};
  return (
    <div className="absolute inset-x-0 top-0 bottom-16 sm:inset-x-16 sm:bottom-6" {...swipe}>
      {!loaded && (
        <img src={thumbnailUrl(image)} alt="" style={box} className={cx(fitted, "blur-sm")} />
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the z key and a button do the same */}
      <img
        src={previewUrl(image)}
        alt={image.name}
        style={box}
        onClick={onZoom}
        onLoad={() => setLoaded(true)}
        onError={() => setFailed(true)}
        className={cx(fitted, "cursor-zoom-in", !loaded && "opacity-0")}
      />
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
