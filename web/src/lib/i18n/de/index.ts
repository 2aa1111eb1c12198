import type { Translation } from "../catalogue";
import type { en } from "../en";
import { common } from "./common";
import { connections } from "./connections";
import { gallery } from "./gallery";
import { imports } from "./imports";
import { jobs } from "./jobs";
import { reasons } from "./reasons";

export const de: Translation<typeof en> = {
  common,
  imports,
  jobs,
  reasons,
  gallery,
  connections,
};
