/** One image, large, over the gallery; previous and next, zoom, details, download, trash. */
import * as Dialog from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Image } from "@/lib/api/types";
import { useDeleteImage } from "../api/delete-image";
import { useImageInfo } from "../api/get-image-info";
import { useShortcuts } from "../hooks/use-shortcuts";
import { downloadUrl, previewUrl } from "../picture";
import { InfoPanel } from "./info-panel";
import { LightboxBar } from "./lightbox-bar";
import { Stage } from "./stage";

/** Images from the end at which the next page is asked for. */
const AHEAD = 10;

interface LightboxProps {
  id: string;
  images: readonly Image[];
  total: number | null;
  onOpen: (id: string) => void;
  onClose: () => void;
  onNearEnd: () => void;
}

export function Lightbox({ id, images, total, onOpen, onClose, onNearEnd }: LightboxProps) {
  const { t } = useTranslation("gallery");
  const info = useImageInfo(id);
  const remove = useDeleteImage();
  const download = useRef<HTMLAnchorElement>(null);
  const [zoomed, setZoomed] = useState(false);
  const [showInfo, setShowInfo] = useState(false);
  const [asking, setAsking] = useState(false);

  const index = images.findIndex((image) => image.image_id === id);
  const image = images[index] ?? info.data;
  const previous = images[index - 1];
  const next = index >= 0 ? images[index + 1] : undefined;
  const go = (to: Image | undefined) => {
    if (!to) return;
    setZoomed(false);
    onOpen(to.image_id);
  };
  const confirmRemove = () =>
    remove.mutate(id, { onSuccess: () => ((next ?? previous) ? go(next ?? previous) : onClose()) });

  useNeighbours(previous, next);
  useEffect(() => {
    if (index >= images.length - AHEAD) onNearEnd();
  }, [index, images.length, onNearEnd]);
  // The arrow keys move a zoomed image about instead.
  const turn = (to: Image | undefined) => !zoomed && go(to);
  useShortcuts(
    [
      ["ArrowLeft", () => turn(previous)],
      ["ArrowRight", () => turn(next)],
      ["z", () => setZoomed((on) => !on)],
      ["i", () => setShowInfo((on) => !on)],
      ["d", () => download.current?.click()],
      ["Delete", () => setAsking(true)],
    ],
    !asking,
  );

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The image is what one came for, not the first button.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="fixed inset-0 z-40 flex flex-col bg-[oklch(0.15_0.018_228)] text-ink outline-none [color-scheme:dark]"
        >
          <LightboxBar
            name={image?.name ?? ""}
            position={index >= 0 ? { index: index + 1, total: total ?? images.length } : undefined}
            downloadRef={download}
            downloadUrl={downloadUrl({ image_id: id })}
            canZoom={image !== undefined && !image.damaged}
            zoomed={zoomed}
            showInfo={showInfo}
            onZoom={() => setZoomed((on) => !on)}
            onInfo={() => setShowInfo((on) => !on)}
            onDelete={() => setAsking(true)}
          />
          <div className="flex min-h-0 flex-1 flex-col md:flex-row">
            <div className="relative min-h-0 min-w-0 flex-1">
              {image && (
                <Stage
                  key={id}
                  image={image}
                  zoomed={zoomed}
                  onZoom={() => setZoomed((on) => !on)}
                  onSwipe={(step) => go(step === 1 ? next : previous)}
                />
              )}
              {info.isError && !image && (
                <div className="mx-auto max-w-xl p-6">
                  <ProblemNotice error={info.error} />
                </div>
              )}
              {remove.isError && (
                <div className="absolute inset-x-4 top-2 mx-auto max-w-xl">
                  <ProblemNotice error={remove.error} />
                </div>
              )}
              {previous && (
                <Step side="left" label={t("lightbox.previous")} onClick={() => go(previous)} />
              )}
              {next && <Step side="right" label={t("lightbox.next")} onClick={() => go(next)} />}
            </div>
            {showInfo && <InfoPanel query={info} />}
          </div>
          <Confirm
            open={asking}
            onOpenChange={setAsking}
            title={t("trash.title")}
            detail={t("trash.detail", { name: image?.name ?? "" })}
            act={t("trash.act")}
            onConfirm={confirmRemove}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Step(props: { side: "left" | "right"; label: string; onClick: () => void }) {
  const Icon = props.side === "left" ? ChevronLeft : ChevronRight;
  return (
    <IconButton
      label={props.label}
      onClick={props.onClick}
      className={`absolute bottom-3 sm:top-1/2 sm:bottom-auto sm:-translate-y-1/2 ${props.side === "left" ? "left-3" : "right-3"} bg-black/45 text-white hover:bg-black/75`}
    >
      <Icon aria-hidden />
    </IconButton>
  );
}

/** Asks for the images on both sides, so that a step shows them at once. */
function useNeighbours(previous: Image | undefined, next: Image | undefined) {
  useEffect(() => {
    for (const image of [next, previous]) {
      if (image && !image.damaged) new window.Image().src = previewUrl(image);
    }
  }, [previous, next]);
}
