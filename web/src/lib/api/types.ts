/** The API's shapes under the words of the page; the one file to touch when a generated name changes. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

/** An import as it is asked for; `source` may be left out where the location says it. */
export type ImportRequest = Schemas["ImportRequest"];
export type ImportOptions = Omit<ImportRequest, "location" | "source" | "connection_id">;

export type UrlList = Schemas["UrlListAnswer"];
export type TableColumns = Schemas["ColumnsAnswer"];

export type Filters = Schemas["Filters"];

export type Job = Schemas["JobDetail"];
/** A job as it stands in lists and after a retry: without its reasons. */
export type JobSummary = Schemas["JobAnswer"];
export type JobState = Schemas["JobState"];
export type ReasonCount = Schemas["ReasonCount"];
export type FailedFolder = Schemas["FailedFolder"];
export type Plan = Schemas["Plan"];
export type Schedule = Schemas["ScheduleAnswer"];
export type Balance = Schemas["BalanceSheet"];
export type Item = Schemas["ItemAnswer"];
export type ItemState = Schemas["ItemState"];
export type Image = Schemas["ImageAnswer"];
export type ImagePage = Schemas["ImageList"];
export type TrashedImage = Schemas["TrashedImage"];
export type ImageInfo = Schemas["ImageInfo"];
export type Connection = Schemas["ConnectionAnswer"];
export type NewConnection = Schemas["ConnectionRequest"];
export type Provider = Schemas["ProviderAnswer"];
export type Place = Schemas["PlaceAnswer"];
export type Problem = Required<Schemas["Problem"]>;
