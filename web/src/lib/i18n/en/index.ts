import { common } from "./common";
import { connections } from "./connections";
import { gallery } from "./gallery";
import { imports } from "./imports";
import { jobs } from "./jobs";
import { reasons } from "./reasons";

export const en = { common, imports, jobs, reasons, gallery, connections } as const;
