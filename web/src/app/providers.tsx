/** What every screen needs: the query cache and its manners. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "@/lib/api/problem";

/** Asking again helps when a server is away or busy, not when it has said no. */
function mayRetry(failures: number, error: Error): boolean {
  const { status } = problemOf(error);
  return failures < 2 && (status === 0 || status === 429 || status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 5_000 } },
});

export function Providers({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>;
}
