/** Asks before an act that cannot be taken back at once. */
import * as AlertDialog from "@radix-ui/react-alert-dialog";
import { useTranslation } from "react-i18next";
import { buttonClass } from "./button";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  detail: string;
  act: string;
  keep?: string;
  onConfirm: () => void;
}

export function Confirm({ open, onOpenChange, title, detail, act, keep, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-50 bg-black/55" />
        <AlertDialog.Content className="enter fixed inset-x-4 top-[22vh] z-50 mx-auto max-w-md rounded-plate border border-line bg-deck p-6 text-ink shadow-2xl">
          <AlertDialog.Title className="lettering text-xl">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-3 text-pretty text-soft [overflow-wrap:anywhere]">
            {detail}
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel className={buttonClass("plain")}>
              {keep ?? t("cancel")}
            </AlertDialog.Cancel>
            <AlertDialog.Action className={buttonClass("danger")} onClick={onConfirm}>
              {act}
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
