/** One image of the grid: its thumbnail, or an honest word that there is none to show. */
import { Link } from "@tanstack/react-router";
import { CloudOff, History, ImageOff } from "lucide-react";
import { type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Image } from "@/lib/api/types";
import { previewUrl, thumbnailUrl } from "../picture";

/** Wider than this, in CSS pixels, the small thumbnail (320) would look soft. */
const SHARP = 400;

interface TileProps {
  image: Image;
  width: number;
  inTabOrder: boolean;
  onFocus: () => void;
  ref: Ref<HTMLAnchorElement>;
}

export function Tile({ image, width, inTabOrder, onFocus, ref }: TileProps) {
  const { t } = useTranslation("gallery");
  const replaced = image.superseded_by ? t("mark.superseded") : null;
  const word = image.gone_at ? t("mark.gone") : replaced;
  return (
    <Link
      ref={ref}
      to="/gallery"
      search={(search) => ({ ...search, image: image.image_id })}
      resetScroll={false}
      tabIndex={inTabOrder ? 0 : -1}
      onFocus={onFocus}
      aria-label={word ? `${image.name}, ${word}` : image.name}
      className="group relative block size-full overflow-hidden bg-well focus-visible:z-10 focus-visible:outline-[3px]"
    >
      <Thumbnail image={image} large={width > SHARP} />
      {word && <SourceMark word={word} gone={image.gone_at !== null} />}
      <span
        aria-hidden
        className="label pointer-events-none absolute inset-x-0 bottom-0 truncate bg-gradient-to-t from-black/75 to-transparent px-2 pt-7 pb-1.5 text-white opacity-0 transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100"
      >
        {image.name}
      </span>
    </Link>
  );
}

/** Its file at the source is gone, or has other content now; the image stays. */
function SourceMark({ word, gone }: { word: string; gone: boolean }) {
  const Icon = gone ? CloudOff : History;
  return (
    <span
      title={word}
      className="absolute top-1.5 right-1.5 rounded-plate bg-black/70 p-1 text-white"
    >
      <Icon className="size-4" aria-hidden />
    </span>
  );
}

export function Thumbnail({ image, large }: { image: Image; large?: boolean }) {
  const [failed, setFailed] = useState(false);
  if (image.damaged || failed) return <DamagedTile />;
  return (
    <img
      src={large ? previewUrl(image) : thumbnailUrl(image)}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setFailed(true)}
      className="size-full object-cover"
    />
  );
}

function DamagedTile() {
  const { t } = useTranslation("gallery");
  return (
    <span className="hatch flex size-full flex-col items-center justify-center gap-1.5 p-2 text-center text-soft">
      <ImageOff className="size-5 shrink-0" aria-hidden />
      <span className="label bg-well px-1 leading-tight">{t("damaged.tile")}</span>
    </span>
  );
}
