/** What this page asks the desk, with the link's token where one is needed. */

import { Problem, wordsOf } from "../shared/account/api";
import { t } from "./words";

export interface Skill {
  readonly key: string;
  readonly name: Record<string, string>;
}

export interface Review {
  readonly id: string;
  readonly words: string;
  readonly asked_at: string;
  readonly due_at: string;
  readonly answered_by: string | null;
  readonly outcome: "stands" | "changed" | null;
  readonly answer: string | null;
}

export interface Followed {
  readonly kind: "application" | "agent";
  readonly company: string;
  readonly name: string;
  readonly email: string;
  readonly applied_at: string | null;
  readonly decision: "approved" | "refused" | "deactivated" | null;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly may_set_password: boolean;
  readonly reviews: readonly Review[];
}

export async function ask<T>(path: string, options: { token?: string; body?: unknown } = {}): Promise<T> {
  const { token, body } = options;
  let response: Response;
  try {
    response = await fetch(`/api/apply${path}`, {
      method: body === undefined ? "GET" : "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, "unreachable", "");
  }
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, ...wordsOf(text));
  return JSON.parse(text) as T;
}

/** What went wrong, in words. */
export function problemWords(error: unknown): string {
  if (!(error instanceof Problem)) return t("failed");
  if (error.status === 0) return t("unreachable");
  if (error.status === 422) return t("checkFields");
  return error.message || t("failed");
}
