/** AUTH=off: says so, quietly on this computer alone, and as a banner wherever others can come in. */
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccess } from "@/lib/api/get-access";

export function OpenBanner() {
  const { t } = useTranslation();
  const { data } = useAccess();
  if (data?.reached_from !== "network") return null;
  return (
    <p
      role="status"
      className="flex items-center justify-center gap-2 border-caution border-b bg-caution-well px-4 py-1.5 text-pretty text-sm sm:px-8"
    >
      <TriangleAlert className="size-4 shrink-0 text-caution" aria-hidden />
      {t("access.network")}
    </p>
  );
}

export function LocalFooter() {
  const { t } = useTranslation();
  const { data } = useAccess();
  if (data?.reached_from !== "this_computer") return null;
  return (
    <footer className="mx-auto w-full max-w-[90rem] px-4 pt-10 pb-6 text-soft text-sm sm:px-8">
      {t("access.this_computer")}
    </footer>
  );
}
