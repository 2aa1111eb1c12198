/** Bytes, pace, time left, folders, and how much of the source's quota is in use. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Job } from "@/lib/api/types";
import { formatBytes, formatCount, formatDuration, formatElapsed, formatRate } from "@/lib/format";
import { isActive } from "../states";

function Sign({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-24">
      <dt className="label text-soft">{label}</dt>
      <dd className="figures mt-0.5 text-[1.0625rem]">{children}</dd>
    </div>
  );
}

function Clock({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  if (!job.started_at) return null;
  const end = job.finished_at ? new Date(job.finished_at).getTime() : Date.now();
  const seconds = (end - new Date(job.started_at).getTime()) / 1000;
  return (
    <Sign label={job.finished_at ? t("vital.took") : t("vital.running")}>
      {formatElapsed(seconds)}
    </Sign>
  );
}

export function VitalSigns({ job }: { job: Job }) {
  const { t } = useTranslation("jobs");
  const { folders } = job.balance;
  const active = isActive(job);
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-4 sm:flex sm:flex-wrap sm:gap-x-12">
      <Sign label={t("vital.bytes")}>{formatBytes(job.bytes_stored)}</Sign>
      {job.images_per_second !== null && (
        <Sign label={t("vital.rate")}>{formatRate(job.images_per_second)}</Sign>
      )}
      {active && (
        <Sign label={t("vital.eta")}>
          {job.eta_seconds === null ? t("vital.unknown") : formatDuration(job.eta_seconds)}
        </Sign>
      )}
      <Clock job={job} />
      <Sign label={t("vital.folders")}>
        {formatCount(folders.listed)}
        {folders.failed > 0 && (
          <span className="block text-alarm text-sm">
            {t("vital.foldersFailed", { count: folders.failed })}
          </span>
        )}
      </Sign>
      {active && job.governor && (
        <Sign label={t("vital.governor")}>
          {t("vital.governorValue", {
            used: formatCount(Math.round(job.governor.units_per_second)),
            allowed: formatCount(Math.round(job.governor.allowed_units_per_second)),
          })}
        </Sign>
      )}
    </dl>
  );
}
