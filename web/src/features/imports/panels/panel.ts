/** What a panel is given: a panel is one way in, and starts imports of its kind. */
import type { ImportOptions, JobSummary } from "@/lib/api/types";

export interface PanelProps {
  /** What the person has chosen under "Options"; goes into the request as it is. */
  options: ImportOptions;
  /** Call it with the job that was started: the screen goes there. */
  onStarted: (job: JobSummary) => void;
}
