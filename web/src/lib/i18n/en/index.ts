import { common } from "./common";
import { connections } from "./connections";
import { gallery } from "./gallery";
import { imports } from "./imports";
import { jobs } from "./jobs";
import { cures, reasons } from "./reasons";
import { schedules } from "./schedules";

export const en = {
  common,
  imports,
  jobs,
  reasons,
  cures,
  schedules,
  gallery,
  connections,
} as const;
