/** The typed client; every act of a feature goes through `answer`, which throws a ProblemError. */
import createClient from "openapi-fetch";
import { ProblemError, toProblem, UNREACHABLE } from "./problem";
import type { paths } from "./schema.gen";

/** Empty for the same origin; the address of the API when the page is served from elsewhere. */
export const apiUrl = (import.meta.env.VITE_API_URL ?? "").replace(/\/+$/, "");

export const client = createClient<paths>({ baseUrl: apiUrl });

/** Addresses in answers may be relative to the API's origin. */
export function absolute(path: string): string {
  return path.startsWith("/") ? apiUrl + path : path;
}

interface Result<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

export async function answer<Body>(request: Promise<Result<Body>>): Promise<Body> {
  let result: Result<Body>;
  try {
    result = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError({ ...toProblem(0, undefined), code: UNREACHABLE });
  }
  const { data, error, response } = result;
  if (!response.ok) throw new ProblemError(toProblem(response.status, error));
  return data as Body;
}
