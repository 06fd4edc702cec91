/** What stands beside a conversation, as the server tells it, and the requests that change it. */

import { api, Problem } from "../../shared/account/api";
import type { Packet } from "./packet";
import { t } from "./words";

export interface Line {
  readonly part: "wants" | "told" | "numbers" | "latest";
  readonly version: number;
  readonly text: string;
}

export interface Note {
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
  readonly at: string;
}

export interface Question {
  readonly id: string;
  readonly name: string | null;
  readonly question: string;
  readonly asked_at: string;
  readonly lead: string | null;
  readonly answer: string | null;
  readonly answered_at: string | null;
}

export interface Handover {
  readonly by: string;
  readonly name: string | null;
  readonly note: string;
  readonly at: string;
}

export interface Block {
  readonly due_at: string;
  readonly decision: "confirmed" | "lifted" | "lapsed" | null;
  readonly lead: string | null;
  readonly why: string | null;
}

export interface Beside {
  readonly summary: readonly Line[];
  readonly customer: { signed_in: boolean; name: string | null; entitlements: readonly string[] };
  readonly notes: readonly Note[];
  readonly questions: readonly Question[];
  readonly handovers: readonly Handover[];
  readonly block: Block | null;
  /** What the assistant handed over, where it did. */
  readonly packet?: Packet | null;
}

export interface Reply {
  readonly id: string;
  readonly company: boolean;
  readonly language: string;
  readonly shortcut: string;
  readonly title: string;
  readonly text: string;
}

export const of = (conversation: string, rest: string): string =>
  `/api/agent/conversations/${encodeURIComponent(conversation)}/${rest}`;

export const look = (conversation: string): Promise<Beside> => api(of(conversation, "beside"));

export const post = <T>(path: string, body: unknown): Promise<T> =>
  api<T>(path, { method: "POST", body });

/** Words for a request that did not work; the server's own where it has some. */
export function wordsOf(error: unknown): string {
  return (error instanceof Problem && error.message) || t("toolFailed");
}

/** The replies of a language, asked for once a page and language. */
const known = new Map<string, Promise<readonly Reply[]>>();

export function repliesIn(language: string): Promise<readonly Reply[]> {
  let asked = known.get(language);
  if (!asked) {
    asked = api<{ replies: Reply[] }>(`/api/agent/canned-replies?language=${language}`).then(
      (answer) => answer.replies,
    );
    asked.catch(() => known.delete(language));
    known.set(language, asked);
  }
  return asked;
}

export function forgetReplies(): void {
  known.clear();
}

export interface Filled {
  readonly text: string;
  readonly unknown: readonly string[];
}

export const fill = (conversation: string, reply: string): Promise<Filled> =>
  api(of(conversation, `canned-replies/${reply}`));
