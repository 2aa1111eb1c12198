/** What can be chosen for any import, in the order it is shown: one file and one line each. */
import type { ComponentType } from "react";
import type { ImportOptions } from "@/lib/api/types";

export interface OptionProps {
  options: ImportOptions;
  onChange: (options: ImportOptions) => void;
}

export const optionFields: readonly { id: string; Field: ComponentType<OptionProps> }[] = [];
