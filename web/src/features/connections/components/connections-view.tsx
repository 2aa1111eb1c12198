/** The connected accounts, how each stands, and the ways to connect one more. */
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ui/problem-notice";
import { useConnections } from "../api/list-connections";
import { ConnectionRow } from "./connection-row";
import { ProviderCard } from "./provider-card";
import { SignInOutcome } from "./sign-in-outcome";

interface ConnectionsViewProps {
  /** What the way back from a provider's page said: an id that was connected, or a problem's code. */
  connected: string | undefined;
  problem: string | undefined;
}

export function ConnectionsView({ connected, problem }: ConnectionsViewProps) {
  const { t } = useTranslation(["connections", "common"]);
  const query = useConnections();
  if (query.isPending) return <p className="py-6 text-soft">{t("common:loading")}</p>;
  if (query.isError) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  const { connections, providers } = query.data;
  const fresh = connections.find(({ id }) => id === connected);
  return (
    <>
      <SignInOutcome connected={fresh} problem={problem} />
      <section aria-labelledby="accounts">
        <h2 id="accounts" className="lettering text-xl">
          {t("accounts")}
        </h2>
        {connections.length === 0 ? (
          <p className="mt-3 border-line border-t py-4 text-soft">{t("none")}</p>
        ) : (
          <ul className="mt-3 divide-y divide-line border-line border-y">
            {connections.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="connect" className="mt-10">
        <h2 id="connect" className="lettering text-xl">
          {t("connect")}
        </h2>
        <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-2">
          {providers.map((provider) => (
            <ProviderCard key={provider.source} provider={provider} />
          ))}
        </div>
      </section>
    </>
  );
}
