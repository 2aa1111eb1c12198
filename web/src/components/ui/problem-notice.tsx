/** Shows a failed request where it happened: title, detail, the cure, the fields. */
import { useTranslation } from "react-i18next";
import { problemOf, UNREACHABLE } from "@/lib/api/problem";
import { Button } from "./button";
import { Notice } from "./notice";

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  const cause = problem.code === UNREACHABLE ? "unreachable" : "unknown";
  const explained = cause === "unknown" && problem.title !== "";
  const title = explained ? problem.title : t(`problem.${cause}.title`);
  const detail = explained
    ? problem.detail
    : t(`problem.${cause}.detail`, { status: problem.status });
  const cure = explained ? problem.cure : t(`problem.${cause}.cure`);
  return (
    <Notice
      tone="alarm"
      title={title}
      action={onRetry && <Button onClick={onRetry}>{t("retry")}</Button>}
    >
      {detail && detail !== title && <p>{detail}</p>}
      {problem.errors.map((entry) => (
        <p key={`${entry.field} ${entry.message}`}>
          <code className="font-mono text-[0.85em]">{entry.field}</code>: {entry.message}
        </p>
      ))}
      {cure && <p className="text-ink">{cure}</p>}
    </Notice>
  );
}
