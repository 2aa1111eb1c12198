/** What can be chosen for any import, in the order it is shown: one file and one line each. */
import type { ComponentType } from "react";
import { DryRunOption } from "./dry-run";
import { FiltersOption } from "./filters";
import type { OptionProps } from "./option";
import { PriorityOption } from "./priority";
import { ScheduleOption } from "./schedule";

export type { OptionProps } from "./option";

export const optionFields: readonly { id: string; Field: ComponentType<OptionProps> }[] = [
  { id: "dry-run", Field: DryRunOption },
  { id: "schedule", Field: ScheduleOption },
  { id: "priority", Field: PriorityOption },
  { id: "filters", Field: FiltersOption },
];
