/** What an option is given: the request so far, and how to change it. */
import type { ImportOptions } from "@/lib/api/types";

export interface OptionProps {
  options: ImportOptions;
  onChange: (options: ImportOptions) => void;
}
