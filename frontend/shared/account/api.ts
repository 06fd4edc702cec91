/** The desk's HTTP interface for people who sign in with a cookie. */

import type { Agent, HttpError } from "../frames";

/** An answer that was not a success, with words for the reader where the server gave them. */
export class Problem extends Error {
  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** Sends and gets JSON. Throws a Problem for every answer outside 200 to 299, and for silence. */
export async function api<T>(
  path: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const { method = "GET", body, signal } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      ...(signal ? { signal } : {}),
    });
  } catch {
    throw new Problem(0, "unreachable", "");
  }
  const text = await response.text().catch(() => "");
  if (!response.ok) throw problemOf(response, text);
  return (text ? JSON.parse(text) : null) as T;
}

function problemOf(response: Response, text: string): Problem {
  const wait = Number(response.headers.get("retry-after"));
  const retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : null;
  return new Problem(response.status, ...wordsOf(text), retryAfterSeconds);
}

/** The code and message of an error body; empty where it is not one of ours (a proxy's page). */
export function wordsOf(text: string): [code: string, message: string] {
  try {
    const { error } = JSON.parse(text) as HttpError;
    return [String(error.code), String(error.message)];
  } catch {
    return ["unknown", ""];
  }
}

export interface Me {
  readonly agent: Agent;
  readonly demo: boolean;
}

/** Who is signed in, or null for nobody. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return await api<Me>("/api/me");
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return null;
    throw problem;
  }
}
