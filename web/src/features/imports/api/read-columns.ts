/** POST /api/v1/url-lists/columns: what columns a table has, told by its head. */
import { useQuery } from "@tanstack/react-query";
import { answer, client } from "@/lib/api/client";
import { asForm } from "@/lib/api/form";
import type { TableColumns } from "@/lib/api/types";

const headBytes = 65_536;

export function useColumns(file: File | undefined) {
  return useQuery({
    queryKey: ["columns", file?.name, file?.size, file?.lastModified],
    enabled: file !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: (): Promise<TableColumns> => {
      const head = new File(file ? [file.slice(0, headBytes)] : [], file?.name ?? "");
      return answer(client.POST("/api/v1/url-lists/columns", asForm({ file: head })));
    },
  });
}
