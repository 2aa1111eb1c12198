/** What went wrong with a request, in the API's own form (RFC 9457 with `code` and `cure`). */
import type { Problem } from "./types";

/** `code` of a request that never reached the server; the catalogues have its words. */
export const UNREACHABLE = "server_unreachable";

export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "title" in body;
}

/** Anything a server or a proxy may answer with becomes a problem, also a page of HTML. */
export function toProblem(status: number, body: unknown): Problem {
  const known = isProblem(body) ? body : undefined;
  return {
    type: known?.type ?? "about:blank",
    title: known?.title ?? "",
    status,
    detail: known?.detail ?? "",
    code: known?.code ?? `http_${status}`,
    cure: known?.cure ?? "",
    errors: known?.errors ?? [],
  };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return { ...toProblem(0, undefined), code: UNREACHABLE };
}
