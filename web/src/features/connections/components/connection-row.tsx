/** One account: whose, how it stands, and what can be done about it. */
import { CircleCheck, RotateCcw, TriangleAlert, Unplug } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Connection } from "@/lib/api/types";
import { formatAgo } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import { authorizeUrl } from "../api/authorize-url";
import { useRemoveConnection } from "../api/remove-connection";

export function ConnectionRow({ connection }: { connection: Connection }) {
  const { t } = useTranslation(["connections", "common"]);
  const [asking, setAsking] = useState(false);
  const remove = useRemoveConnection(connection.id);
  const ended = connection.state === "needs_reauth";
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <p className="truncate font-[600] text-[1.0625rem]">{connection.name}</p>
          <p className="text-sm text-soft">
            {sourceName(t, connection.source)} · {t(`kinds.${connection.kind}`)} ·{" "}
            {t("since", { time: formatAgo(connection.connected_at) })}
          </p>
        </div>
        <StateMark ended={ended} />
        <div className="flex flex-wrap gap-2">
          {ended && connection.kind === "oauth" && (
            <a href={authorizeUrl(connection.source)} className={buttonClass("primary")}>
              <RotateCcw aria-hidden />
              {t("again")}
            </a>
          )}
          <Button onClick={() => setAsking(true)} disabled={remove.isPending}>
            <Unplug aria-hidden />
            {t("disconnect")}
          </Button>
        </div>
      </div>
      {ended && (
        <p className="mt-2 text-pretty text-sm text-soft">
          {connection.problem} {t("waiting")}
        </p>
      )}
      {remove.isError && <ProblemNotice error={remove.error} />}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("confirm.title", { name: connection.name })}
        detail={t("confirm.detail")}
        act={t("disconnect")}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

function StateMark({ ended }: { ended: boolean }) {
  const { t } = useTranslation("connections");
  const Icon = ended ? TriangleAlert : CircleCheck;
  return (
    <p className={`flex items-center gap-2 text-sm ${ended ? "text-caution" : "text-sea"}`}>
      <Icon className="size-4" aria-hidden />
      {t(ended ? "states.needs_reauth" : "states.connected")}
    </p>
  );
}
