/** What was not stored, reason by reason: how many, why, what cures it, and the act. */
import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import type { Job } from "@/lib/api/types";
import { formatCount } from "@/lib/format";
import type { ItemFilter } from "../api/keys";
import type { JobActs } from "../hooks/use-job-acts";
import { byUrgency, reasonCure, reasonTitle } from "../reasons";
import { isRetryable } from "../states";
import { FateMark } from "./fate-mark";

interface FailuresProps {
  job: Job;
  acts: JobActs;
  onShow: (filter: ItemFilter) => void;
}

export function Failures({ job, acts, onShow }: FailuresProps) {
  const { t } = useTranslation(["jobs", "reasons", "cures"]);
  if (job.reasons.length === 0) return null;
  return (
    <section aria-labelledby="failures">
      <h2 id="failures" className="lettering text-xl">
        {t("failures.title")}
      </h2>
      <ul className="mt-3 divide-y divide-line border-line border-y">
        {byUrgency(job.reasons).map(({ state, reason, count, sentence, cure }) => (
          <li
            key={`${state} ${reason}`}
            className="grid grid-cols-[3.5rem_1fr] gap-x-3 gap-y-2 py-3 sm:grid-cols-[4.5rem_1fr_auto] sm:items-center"
          >
            <span className="figures flex items-center gap-2 self-start text-xl leading-6">
              <FateMark fate={state} />
              {formatCount(count)}
            </span>
            <div className="min-w-0">
              <p className="font-[560]">{reasonTitle(t, reason) ?? sentence}</p>
              <p className="text-pretty text-sm text-soft">
                {reasonCure(t, reason, job.source) ?? cure}
              </p>
            </div>
            <div className="col-start-2 flex gap-2 sm:col-start-3">
              <Button look="quiet" onClick={() => onShow({ state, reason })}>
                {t("failures.show")}
                <span className="sr-only">: {reasonTitle(t, reason) ?? sentence}</span>
              </Button>
              {isRetryable(job, state) && (
                <Button onClick={() => acts.retry(reason)} disabled={acts.busy}>
                  <RotateCcw aria-hidden />
                  {t("act.retry")}
                  <span className="sr-only">: {reasonTitle(t, reason) ?? sentence}</span>
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
