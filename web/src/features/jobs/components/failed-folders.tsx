/** Folders that could not be listed: nobody knows what is missing from them, so each is named. */
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import type { Job } from "@/lib/api/types";
import { formatCount } from "@/lib/format";
import type { JobActs } from "../hooks/use-job-acts";
import { useJobTitle } from "../hooks/use-job-title";
import { byReason, type RefusedFolders, reasonCure, reasonTitle } from "../reasons";
import { hasRetryable } from "../states";
import { FateMark } from "./fate-mark";

interface FailedFoldersProps {
  job: Job;
  acts: JobActs;
}

export function FailedFolders({ job, acts }: FailedFoldersProps) {
  const { t } = useTranslation("jobs");
  // What ended the whole job is told above, and only of its place.
  if (job.error || job.failed_folders.length === 0) return null;
  const untold = job.balance.folders.failed - job.failed_folders.length;
  return (
    <section aria-labelledby="failed-folders">
      <h2 id="failed-folders" className="lettering text-xl">
        {t("failedFolders.title")}
      </h2>
      <p className="mt-1 text-pretty text-sm text-soft">{t("failedFolders.detail")}</p>
      <ul className="mt-3 divide-y divide-line border-line border-y">
        {byReason(job.failed_folders).map((group) => (
          <Group key={group.reason} group={group} job={job} acts={acts} />
        ))}
      </ul>
      {untold > 0 && (
        <p className="mt-2 text-sm text-soft">
          {t("failedFolders.more", { count: untold, folders: formatCount(untold) })}
        </p>
      )}
    </section>
  );
}

function Group({ group, job, acts }: FailedFoldersProps & { group: RefusedFolders }) {
  const { t } = useTranslation(["jobs", "reasons", "cures"]);
  const jobTitle = useJobTitle(job);
  const title = reasonTitle(t, group.reason) ?? group.sentence;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <ul className="space-y-1">
          {group.folders.map(({ provider_id, path, message }) => (
            <li key={provider_id} className="[overflow-wrap:anywhere]">
              <span className="inline-flex items-center gap-2 font-[560]">
                <FateMark fate="failed" />
                {path || jobTitle}/
              </span>{" "}
              <span className="text-sm text-soft">{message}</span>
            </li>
          ))}
        </ul>
        <p className="mt-1 text-pretty text-sm text-soft">
          <span className="text-ink">{title}.</span>{" "}
          {reasonCure(t, group.reason, job.source) ?? group.cure}
        </p>
      </div>
      {hasRetryable(job) && (
        <Button onClick={() => acts.retry(group.reason)} disabled={acts.busy}>
          <RotateCcw aria-hidden />
          {t("act.retry")}
          <span className="sr-only">: {title}</span>
        </Button>
      )}
    </li>
  );
}
