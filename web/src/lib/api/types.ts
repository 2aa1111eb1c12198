/** The API's shapes under the words of the product; the one file to touch when a generated name changes. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Job = Schemas["Job"];
export type Balance = Schemas["Balance"];
export type Item = Schemas["Item"];
export type ItemPage = Schemas["ItemList"];
export type Image = Schemas["Image"];
export type ImagePage = Schemas["ImageList"];
export type ImageInfo = Schemas["ImageInfo"];
export type Problem = Schemas["Problem"];
