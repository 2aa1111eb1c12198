/** A provider: connect an account there, or what the operator has to do first. */
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import { CopyLine } from "@/components/ui/copy-line";
import type { Provider } from "@/lib/api/types";
import { sourceName } from "@/lib/known-source";
import { authorizeUrl } from "../api/authorize-url";
import { Registration } from "./registration";
import { ServerAccount } from "./server-account";
import { ServiceAccount } from "./service-account";

export function ProviderCard({ provider }: { provider: Provider }) {
  const { t } = useTranslation(["connections", "common"]);
  const { name, source, configured } = provider;
  return (
    <article
      aria-label={sourceName(t, source)}
      className="rounded-plate border border-line bg-deck p-5"
    >
      <h3 className="font-[620] text-[1.0625rem]">{sourceName(t, source)}</h3>
      <p className="mt-1 text-pretty text-soft">{t("reads")}</p>
      {configured ? (
        <a href={authorizeUrl(source)} className={buttonClass("primary", "mt-4")}>
          {t("connectAt", { name })}
          <ArrowRight aria-hidden />
        </a>
      ) : (
        <div className="mt-4 space-y-2 text-sm">
          <p className="text-pretty text-caution">{t("unknownHere", { name })}</p>
          <Registration provider={provider} />
        </div>
      )}
      <details className="mt-4 text-sm">
        <summary className="cursor-pointer text-soft hover:text-ink">{t("redirect.title")}</summary>
        <p className="mt-2 text-pretty text-soft">{t("redirect.detail", { name })}</p>
        <CopyLine text={provider.redirect_uri} className="mt-2" />
      </details>
      {provider.server_account && <ServerAccount provider={provider} />}
      {source === "google_drive" && <ServiceAccount />}
    </article>
  );
}
