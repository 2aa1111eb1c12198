/** Why an import could not be started, and what to do. */
import { ProblemNotice } from "@/components/ui/problem-notice";
import { problemOf } from "@/lib/api/problem";
import { NoKeyNotice } from "./no-key-notice";

export function ImportProblem({ error }: { error: unknown }) {
  return (
    <div className="mt-4">
      {problemOf(error).code === "google_api_key_missing" ? (
        <NoKeyNotice />
      ) : (
        <ProblemNotice error={error} />
      )}
    </div>
  );
}
