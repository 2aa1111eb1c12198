/** Shows a failed request where it happened: what happened, the fields, the cure. */
import { useTranslation } from "react-i18next";
import { problemOf, UNREACHABLE } from "@/lib/api/problem";
import { Button } from "./button";
import { Notice } from "./notice";

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  const cause = problem.code === UNREACHABLE ? "unreachable" : "unknown";
  // A problem's title may be no more than HTTP's own phrase; its detail is the sentence for people.
  const sentence = problem.detail || problem.title;
  const explained = cause === "unknown" && sentence !== "";
  const detail = explained ? "" : t(`problem.${cause}.detail`, { status: problem.status });
  const cure = explained ? problem.cure : t(`problem.${cause}.cure`);
  return (
    <Notice
      tone="alarm"
      title={explained ? sentence : t(`problem.${cause}.title`)}
      action={onRetry && <Button onClick={onRetry}>{t("retry")}</Button>}
    >
      {detail && <p>{detail}</p>}
      {problem.errors.map((entry) => (
        <p key={`${entry.field} ${entry.message}`}>
          <code className="font-mono text-[0.85em]">{entry.field}</code>: {entry.message}
        </p>
      ))}
      {cure && <p className="text-ink">{cure}</p>}
    </Notice>
  );
}
