/** The keys of the gallery. */
import * as Dialog from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";

const keys = [
  { name: "move", keys: ["←", "→", "↑", "↓"] },
  { name: "ends", keys: ["Home", "End"] },
  { name: "open", keys: ["Enter"] },
  { name: "close", keys: ["Esc"] },
  { name: "search", keys: ["/"] },
  { name: "zoom", keys: ["z"] },
  { name: "info", keys: ["i"] },
  { name: "download", keys: ["d"] },
  { name: "trash", keys: ["Del"] },
  { name: "help", keys: ["?"] },
] as const;

export function KeyboardHelp(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation(["gallery", "common"]);
  return (
    <Dialog.Root {...props}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-black/55" />
        <Dialog.Content
          aria-describedby={undefined}
          className="enter fixed inset-x-4 top-[12vh] z-50 mx-auto max-h-[76vh] max-w-md overflow-auto rounded-plate border border-line bg-deck p-6 text-ink shadow-2xl"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="lettering text-xl">{t("keys.title")}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={t("common:close")}>
                <X aria-hidden />
              </IconButton>
            </Dialog.Close>
          </div>
          <dl className="mt-4 divide-y divide-line">
            {keys.map((entry) => (
              <div key={entry.name} className="flex items-center justify-between gap-4 py-2">
                <dt className="text-soft">{t(`keys.${entry.name}`)}</dt>
                <dd className="flex gap-1">
                  {entry.keys.map((key) => (
                    <kbd
                      key={key}
                      className="min-w-7 rounded-plate border border-edge/60 border-b-2 px-1.5 text-center font-sans text-sm"
                    >
                      {key}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
