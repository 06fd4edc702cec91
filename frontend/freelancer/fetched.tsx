/** Asking the desk: what is on its way, what came, and what to do when it did not. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { api, Problem } from "../shared/account/api";
import { Entry } from "../shared/account/entry";
import { Button } from "../shared/components";
import { t } from "./words";

export const entry = new Entry();

/** Asks and answers; the end of a sign-in leads back to the door. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  try {
    return await api<T>(path, body === undefined ? {} : { method: "POST", body });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) entry.throwOut();
    throw error;
  }
}

/** What went wrong, in words. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Problem)) return t("failed");
  return error.status === 0 ? t("unreachable") : error.message || t("failed");
}

export interface Fetched<T> {
  readonly value: T | null;
  readonly problem: string;
  again(): void;
  set(value: T): void;
}

export function useFetched<T>(path: string): Fetched<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);
  useEffect(() => {
    let here = true;
    ask<T>(path).then(
      (answer) => {
        if (!here) return;
        setProblem("");
        setValue(answer);
      },
      (error: unknown) => {
        if (here) setProblem(wordsOf(error));
      },
    );
    return () => {
      here = false;
    };
  }, [path, round]);
  return { value, problem, again: () => setRound((known) => known + 1), set: setValue };
}

/** Shows what came; until then that it is on its way, or why it isn't, with a way to try again. */
export function Shown<T>(props: { of: Fetched<T>; children: (value: T) => ComponentChildren }) {
  const { value, problem, again } = props.of;
  if (value !== null) return <>{props.children(value)}</>;
  if (!problem) return <p class="quiet">{t("loading")}</p>;
  return (
    <div class="card">
      <p role="alert">{problem}</p>
      <Button onClick={again}>{t("again")}</Button>
    </div>
  );
}
