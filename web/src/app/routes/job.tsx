/** "/jobs/$id": one job, live. */
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ui/problem-notice";
import { LatestImages } from "@/features/gallery/components/latest-images";
import { JobView } from "@/features/jobs/components/job-view";
import { useJobTitle } from "@/features/jobs/hooks/use-job-title";
import { useLiveJob } from "@/features/jobs/hooks/use-live-job";
import { usePageTitle } from "../use-page-title";

const route = getRouteApi("/jobs/$id");

export function JobScreen() {
  const { t } = useTranslation(["jobs", "common"]);
  const { id } = route.useParams();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useLiveJob(id);
  usePageTitle(useJobTitle(query.data));
  const job = query.data;

  if (!job) {
    return (
      <div className="mx-auto max-w-[90rem] px-4 py-8 sm:px-8">
        {query.isError ? (
          <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <p className="text-soft">{t("common:loading")}</p>
        )}
      </div>
    );
  }
  return (
    <>
      {query.isError && (
        <div className="mx-auto max-w-[90rem] px-4 pt-6 sm:px-8">
          <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      <JobView
        job={job}
        filter={filter}
        onFilter={({ state, reason }) =>
          void navigate({
            search: { ...(state ? { state } : {}), ...(reason ? { reason } : {}) },
            replace: true,
            resetScroll: false,
          })
        }
        onDeleted={() => void navigate({ to: "/jobs", replace: true })}
        latest={job.balance.stored > 0 && <LatestImages jobId={job.id} />}
      />
    </>
  );
}
