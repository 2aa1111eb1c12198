/** "/": bring a folder in; below it, what was brought in last. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ImportForm } from "@/features/imports/components/import-form";
import { JobList } from "@/features/jobs/components/job-list";
import { usePageTitle } from "../use-page-title";

export function ImportScreen() {
  const { t } = useTranslation(["imports", "jobs", "common"]);
  const navigate = useNavigate();
  usePageTitle(t("common:nav.import"));
  return (
    <>
      <section className="relative isolate overflow-hidden border-line border-b">
        <div
          aria-hidden
          className="-z-10 absolute inset-0 [mask-image:linear-gradient(to_right,#0004,#000_75%)]"
        >
          <div className="contours size-full opacity-30" />
        </div>
        <div className="mx-auto max-w-[90rem] px-4 py-14 sm:px-8 sm:py-24">
          <div className="max-w-3xl">
            <h1 className="lettering text-[2.5rem] sm:text-6xl">{t("imports:title")}</h1>
            <p className="mt-4 max-w-xl text-pretty text-[1.0625rem] text-soft">
              {t("imports:lead")}
            </p>
            <div className="mt-10">
              <ImportForm
                onStarted={(job) => void navigate({ to: "/jobs/$id", params: { id: job.id } })}
              />
            </div>
          </div>
        </div>
      </section>
      <section aria-labelledby="recent" className="mx-auto max-w-[90rem] px-4 pt-10 sm:px-8">
        <div className="mb-3 flex items-baseline justify-between">
          <h2 id="recent" className="lettering text-xl">
            {t("jobs:recent")}
          </h2>
          <Link
            to="/jobs"
            className="text-sm text-soft underline underline-offset-3 hover:text-ink"
          >
            {t("jobs:all")}
          </Link>
        </div>
        <JobList
          most={5}
          whenEmpty={
            <p className="border-line border-t py-4 text-soft">{t("jobs:empty.detail")}</p>
          }
        />
      </section>
    </>
  );
}
