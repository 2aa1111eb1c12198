import type { Translation } from "../catalogue";
import type { en } from "../en";
import { common } from "./common";
import { connections } from "./connections";
import { gallery } from "./gallery";
import { imports } from "./imports";
import { jobs } from "./jobs";
import { cures, reasons } from "./reasons";
import { schedules } from "./schedules";

export const de: Translation<typeof en> = {
  common,
  imports,
  jobs,
  reasons,
  cures,
  schedules,
  gallery,
  connections,
};
