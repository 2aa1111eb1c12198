/** The head of the lightbox: the name, where in the gallery, and the acts. */
import * as Dialog from "@radix-ui/react-dialog";
import { Download, Info, Trash2, X, ZoomIn, ZoomOut } from "lucide-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";
import { formatCount } from "@/lib/format";

interface LightboxBarProps {
  name: string;
  position: { index: number; total: number } | undefined;
  downloadRef: Ref<HTMLAnchorElement>;
  downloadUrl: string;
  canZoom: boolean;
  zoomed: boolean;
  showInfo: boolean;
  onZoom: () => void;
  onInfo: () => void;
  onDelete: () => void;
}

export function LightboxBar(props: LightboxBarProps) {
  const { t } = useTranslation("gallery");
  const { name, position, zoomed, showInfo } = props;
  return (
    <div className="flex items-center gap-0.5 py-2 pr-2 pl-4 sm:gap-1 sm:pl-6">
      <div className="mr-auto min-w-0">
        <Dialog.Title className="truncate font-[560]">{name}</Dialog.Title>
        {position && (
          <p className="label figures text-soft">
            {t("lightbox.position", {
              index: formatCount(position.index),
              total: formatCount(position.total),
            })}
          </p>
        )}
      </div>
      <IconButton
        label={zoomed ? t("lightbox.zoomOut") : t("lightbox.zoomIn")}
        aria-pressed={zoomed}
        disabled={!props.canZoom}
        onClick={props.onZoom}
      >
        {zoomed ? <ZoomOut aria-hidden /> : <ZoomIn aria-hidden />}
      </IconButton>
      <IconButton label={t("lightbox.info")} aria-pressed={showInfo} onClick={props.onInfo}>
        <Info aria-hidden />
      </IconButton>
      <a
        ref={props.downloadRef}
        href={props.downloadUrl}
        download={name}
        aria-label={t("lightbox.download")}
        title={t("lightbox.download")}
        className="inline-flex size-10 shrink-0 items-center justify-center rounded-plate text-soft hover:bg-well hover:text-ink"
      >
        <Download className="size-5" aria-hidden />
      </a>
      <IconButton label={t("lightbox.delete")} onClick={props.onDelete}>
        <Trash2 aria-hidden />
      </IconButton>
      <Dialog.Close asChild>
        <IconButton label={t("lightbox.close")}>
          <X aria-hidden />
        </IconButton>
      </Dialog.Close>
    </div>
  );
}
