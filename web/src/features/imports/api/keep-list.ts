/** POST /api/v1/url-lists: brings a list of addresses; the import is then of its location. */
import { answer, client } from "@/lib/api/client";
import { asForm } from "@/lib/api/form";
import type { UrlList } from "@/lib/api/types";

export function keepList(file: File, column: string | undefined): Promise<UrlList> {
  return answer(
    client.POST("/api/v1/url-lists", asForm(column === undefined ? { file } : { file, column })),
  );
}
