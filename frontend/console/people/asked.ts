/** Asking the desk about people; the end of a sign-in leads back to the door. */

import { useEffect, useState } from "preact/hooks";

import { api, Problem } from "../../shared/account/api";
import { locale } from "../../shared/i18n";
import { t } from "./words";

export type Ask = <T>(path: string, body?: unknown) => Promise<T>;

export function asking(failed: (error: unknown) => "stop" | void): Ask {
  return async <T>(path: string, body?: unknown): Promise<T> => {
    try {
      const options = body === undefined ? {} : { method: "POST", body };
      return await api<T>(`/api/console/people${path}`, options);
    } catch (error) {
      failed(error);
      throw error;
    }
  };
}

/** What went wrong, in words. */
export function wordsOf(error: unknown): string {
  return (error instanceof Problem && error.message) || t("notDone");
}

/** Asks for a list at once, and again when `key` or the round changes. */
export function useAsked<T>(ask: Ask, path: string): { value: T | null; problem: string; again(): void } {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);
  useEffect(() => {
    let here = true;
    ask<T>(path).then(
      (answer) => here && setValue(answer),
      (error: unknown) => here && setProblem(wordsOf(error)),
    );
    return () => {
      here = false;
    };
  }, [path, round]);
  return { value, problem, again: () => setRound((known) => known + 1) };
}

export function said(words: Record<string, string>): string {
  const tag = locale.value.split("-")[0] ?? "en";
  return words[tag] ?? words["en"] ?? Object.values(words)[0] ?? "";
}

export const date = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "medium" }).format(new Date(at));

export const languageName = (code: string): string =>
  new Intl.DisplayNames(locale.value, { type: "language" }).of(code) ?? code;
