/** Places that are imported again by themselves; nothing at all while there is none. */
import { Link } from "@tanstack/react-router";
import { Pause, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { ProblemNotice } from "@/components/ui/problem-notice";
import type { Schedule } from "@/lib/api/types";
import { formatDateTime } from "@/lib/format";
import { sourceName } from "@/lib/known-source";
import { useChangeSchedule } from "../api/change-schedule";
import { useSchedules } from "../api/list-schedules";
import { useRemoveSchedule } from "../api/remove-schedule";

const words = ["hourly", "daily", "weekly", "monthly"] as const;

export function ScheduleList() {
  const { t } = useTranslation("schedules");
  const query = useSchedules();
  if (query.isError) return <ProblemNotice error={query.error} />;
  const schedules = query.data?.schedules ?? [];
  if (schedules.length === 0) return null;
  return (
    <section aria-labelledby="schedules" className="mt-10">
      <h2 id="schedules" className="lettering mb-3 text-xl">
        {t("title")}
      </h2>
      <ul className="divide-y divide-line border-line border-y">
        {schedules.map((schedule) => (
          <ScheduleRow key={schedule.id} schedule={schedule} />
        ))}
      </ul>
    </section>
  );
}

function ScheduleRow({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation(["schedules", "common"]);
  const [asking, setAsking] = useState(false);
  const change = useChangeSchedule(schedule.id);
  const remove = useRemoveSchedule(schedule.id);
  const title = schedule.name || schedule.location;
  const error = change.error ?? remove.error;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-2 py-3">
      <div className="min-w-0">
        <p className="truncate font-[600]">{title}</p>
        <p className="text-sm text-soft">
          {sourceName(t, schedule.source)} · <Rhythm schedule={schedule} />
          {schedule.next_at && ` · ${t("next", { time: formatDateTime(schedule.next_at) })}`}
          {schedule.paused && ` · ${t("paused")}`}
        </p>
        {schedule.last_error && <p className="text-alarm text-sm">{schedule.last_error}</p>}
        {schedule.last_job_id && (
          <Link
            to="/jobs/$id"
            params={{ id: schedule.last_job_id }}
            className="text-sm underline underline-offset-3"
          >
            {t("last")}
          </Link>
        )}
      </div>
      <div className="flex">
        <IconButton
          label={`${schedule.paused ? t("resume") : t("pause")}: ${title}`}
          disabled={change.isPending}
          onClick={() => change.mutate({ paused: !schedule.paused })}
        >
          {schedule.paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        </IconButton>
        <IconButton label={`${t("remove")}: ${title}`} onClick={() => setAsking(true)}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
      {error && (
        <div className="col-span-2">
          <ProblemNotice error={error} />
        </div>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("confirm.title")}
        detail={t("confirm.detail")}
        act={t("remove")}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

function Rhythm({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation("schedules");
  const word = words.find((known) => known === schedule.every.toLowerCase());
  return (
    <span title={`${schedule.cron} ${schedule.timezone}`}>
      {word ? t(`every.${word}`) : `${schedule.cron} (${schedule.timezone})`}
    </span>
  );
}
