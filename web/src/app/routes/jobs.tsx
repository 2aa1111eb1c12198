/** "/jobs": all jobs. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { JobList } from "@/features/jobs/components/job-list";
import { ScheduleList } from "@/features/schedules/components/schedule-list";
import { usePageTitle } from "../use-page-title";

export function JobsScreen() {
  const { t } = useTranslation("jobs");
  usePageTitle(t("title"));
  return (
    <div className="mx-auto max-w-[90rem] px-4 py-8 sm:px-8">
      <h1 className="lettering mb-5 text-[2rem] sm:text-4xl">{t("title")}</h1>
      <JobList
        whenEmpty={
          <Empty
            title={t("empty.title")}
            detail={t("empty.detail")}
            action={
              <Link to="/" className={buttonClass("primary")}>
                {t("empty.act")}
              </Link>
            }
          />
        }
      />
      <ScheduleList />
    </div>
  );
}
