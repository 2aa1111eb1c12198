/** How signing in at the provider ended, told once after the way back. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Notice } from "@/components/ui/notice";
import type { Connection } from "@/lib/api/types";

/** The codes that the server sends along; texts would be anybody's who makes a link. */
function sentence(t: TFunction<"connections">, code: string): string {
  switch (code) {
    case "state_mismatch":
    case "sign_in_expired":
    case "sign_in_denied":
    case "scope_missing":
    case "client_refused":
    case "grant_ended":
    case "google_api_off":
    case "dropbox_scope_missing":
      return t(`problems.${code}`);
    default:
      return t("problems.other");
  }
}

interface SignInOutcomeProps {
  connected: Connection | undefined;
  problem: string | undefined;
}

export function SignInOutcome({ connected, problem }: SignInOutcomeProps) {
  const { t } = useTranslation("connections");
  if (problem) {
    return (
      <div className="mb-8">
        <Notice tone="alarm" title={t("notConnected")}>
          <p>{sentence(t, problem)}</p>
        </Notice>
      </div>
    );
  }
  if (!connected) return null;
  return (
    <div className="mb-8">
      <Notice tone="calm" title={t("connectedNow", { name: connected.name })}>
        <p>{t("goesOn")}</p>
      </Notice>
    </div>
  );
}
