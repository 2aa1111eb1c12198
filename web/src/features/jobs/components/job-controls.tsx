/** Pause, resume, cancel, retry, report, delete: what may be done to the job where it stands. */
import { Download, Ellipsis, Pause, Play, RotateCcw, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass, IconButton } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { Job } from "@/lib/api/types";
import { reportUrl } from "../api/report-url";
import type { JobActs } from "../hooks/use-job-acts";
import { hasRetryable, isActive, isFinished } from "../states";

export function JobControls({ job, acts }: { job: Job; acts: JobActs }) {
  const { t } = useTranslation("jobs");
  const [asking, setAsking] = useState<"cancel" | "delete" | null>(null);
  const finished = isFinished(job);
  const close = () => setAsking(null);

  return (
    <div className="flex flex-wrap items-center gap-2">
      {isActive(job) && (
        <Button onClick={acts.pause} disabled={acts.busy}>
          <Pause aria-hidden />
          {t("act.pause")}
        </Button>
      )}
      {job.state === "paused" && (
        <Button look="primary" onClick={acts.resume} disabled={acts.busy}>
          <Play aria-hidden />
          {t("act.resume")}
        </Button>
      )}
      {!finished && (
        <Button onClick={() => setAsking("cancel")} disabled={acts.busy}>
          <X aria-hidden />
          {t("act.cancel")}
        </Button>
      )}
      {hasRetryable(job) && (
        <Button look="primary" onClick={() => acts.retry(undefined)} disabled={acts.busy}>
          <RotateCcw aria-hidden />
          {t("act.retryAll")}
        </Button>
      )}
      <a href={reportUrl(job.id)} download className={buttonClass("plain")}>
        <Download aria-hidden />
        {t("act.report")}
      </a>
      {finished && (
        <Menu
          trigger={
            <IconButton label={t("act.more")}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          <MenuItem danger onSelect={() => setAsking("delete")}>
            <Trash2 aria-hidden />
            {t("act.delete")}
          </MenuItem>
        </Menu>
      )}
      <Confirm
        open={asking === "cancel"}
        onOpenChange={close}
        title={t("confirm.cancel.title")}
        detail={t("confirm.cancel.detail")}
        act={t("confirm.cancel.act")}
        keep={t("confirm.cancel.keep")}
        onConfirm={acts.cancel}
      />
      <Confirm
        open={asking === "delete"}
        onOpenChange={close}
        title={t("confirm.delete.title")}
        detail={t("confirm.delete.detail")}
        act={t("confirm.delete.act")}
        onConfirm={acts.remove}
      />
    </div>
  );
}
