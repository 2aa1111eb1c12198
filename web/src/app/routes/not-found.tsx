/** There is nothing at this address. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

export function NotFoundScreen() {
  const { t } = useTranslation();
  return (
    <div className="mx-auto max-w-3xl px-4 py-12 sm:px-8">
      <h1 className="sr-only">{t("notFound.title")}</h1>
      <Empty
        title={t("notFound.title")}
        detail={t("notFound.detail")}
        action={
          <Link to="/" className={buttonClass("primary")}>
            {t("notFound.home")}
          </Link>
        }
      />
    </div>
  );
}
