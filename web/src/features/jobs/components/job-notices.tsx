/** What a reader must know before the figures: an error, a pause, the quota's sentence. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Job } from "@/lib/api/types";
import { formatDateTime, formatDuration } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import { pauseSentence } from "../reasons";
import { isFinished } from "../states";

export function JobNotices({ job }: { job: Job }) {
  const { t } = useTranslation(["jobs", "common"]);
  return (
    <>
      {job.error && (
        <Notice tone="alarm" title={job.error.message}>
          {job.error.cure && <p className="text-ink">{job.error.cure}</p>}
        </Notice>
      )}
      {job.state === "paused" && job.pause && (
        <Notice
          tone="caution"
          title={
            pauseSentence(t, job.pause.reason) ??
            t("pause.other", { reason: job.pause.reason.replaceAll("_", " ") })
          }
          action={
            job.pause.reason === "needs_reauth" && (
              <Link to="/connections" className={buttonClass()}>
                {t("common:nav.connections")}
              </Link>
            )
          }
        >
          {job.pause.message && <p>{job.pause.message}</p>}
          {job.pause.until && <p>{t("pause.until", { time: formatDateTime(job.pause.until) })}</p>}
        </Notice>
      )}
      {job.note && <Notice tone="caution" title={job.note} />}
      <SourceChanges job={job} />
      {job.quota && !isFinished(job) && (
        <Notice
          tone="calm"
          title={t("quota.sentence", {
            source: sourceName(t, job.source),
            time: formatDuration(job.quota.seconds),
          })}
        >
          <p>
            {job.quota.day
              ? t(`quota.day.${job.quota.day}`, { source: sourceName(t, job.source) })
              : t("quota.detail")}
          </p>
        </Notice>
      )}
    </>
  );
}

/** What is different at the source since the place was imported last. */
function SourceChanges({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const { gone, back, superseded } = job.at_source;
  if (gone + back + superseded === 0) return null;
  return (
    <Notice tone="calm" title={t("atSource.title")}>
      {gone > 0 && <p>{t("atSource.gone", { count: gone })}</p>}
      {back > 0 && <p>{t("atSource.back", { count: back })}</p>}
      {superseded > 0 && <p>{t("atSource.superseded", { count: superseded })}</p>}
    </Notice>
  );
}
