/** The account that the server's own settings hold: one button, nothing to enter. */
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Provider } from "@/lib/api/types";
import { useAddConnection } from "../api/add-connection";

export function ServerAccount({ provider }: { provider: Provider }) {
  const { t } = useTranslation("connections");
  const add = useAddConnection(() => undefined);
  return (
    <div className="mt-4 border-line border-t pt-4 text-sm">
      <p className="text-pretty text-soft">{t("server.detail")}</p>
      <Button
        className="mt-3"
        disabled={add.isPending}
        onClick={() => add.mutate({ source: provider.source })}
      >
        {t("server.act")}
      </Button>
      {add.isError && (
        <div className="mt-3">
          <ProblemNotice error={add.error} />
        </div>
      )}
    </div>
  );
}
