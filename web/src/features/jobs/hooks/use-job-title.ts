/** What a job is called: the folder's name at the source once it is known. */
import { useTranslation } from "react-i18next";
import type { JobSummary } from "@/lib/api/types";
import { sourceName } from "@/lib/known-source";

export function useJobTitle(job: Pick<JobSummary, "name" | "source"> | undefined): string {
  const { t } = useTranslation(["jobs", "common"]);
  if (!job) return "";
  return job.name || t("unnamed", { source: sourceName(t, job.source) });
}
