/** Asking about pay: what is on its way, what came, and what to do when it did not. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { api, Problem } from "../account/api";
import { Button } from "../components";
import { t } from "./words";

export type Failed = (error: unknown) => unknown;

export interface Asked<T> {
  readonly value: T | null;
  readonly problem: string;
  again(): void;
  set(value: T): void;
}

export const problemOf = (error: unknown): string =>
  (error instanceof Problem && error.message) || t("payFailed");

/** Asks once, and again and again where `everyMilliseconds` is given and the page is looked at. */
export function useAsked<T>(path: string, failed: Failed, everyMilliseconds = 0): Asked<T> {
  const [value, set] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);
  useEffect(() => {
    let here = true;
    api<T>(path).then(
      (answer) => {
        if (!here) return;
        setProblem("");
        set(answer);
      },
      (error: unknown) => {
        failed(error);
        if (here) setProblem(problemOf(error));
      },
    );
    return () => {
      here = false;
    };
  }, [path, round]);
  useEffect(() => {
    if (!everyMilliseconds) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") setRound((known) => known + 1);
    }, everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return { value, problem, again: () => setRound((known) => known + 1), set };
}

export function Shown<T>(props: { of: Asked<T>; children: (value: T) => ComponentChildren }) {
  const { value, problem, again } = props.of;
  if (value !== null) return <>{props.children(value)}</>;
  if (!problem) return <p class="quiet">{t("payLoading")}</p>;
  return (
    <div class="card">
      <p role="alert">{problem}</p>
      <Button onClick={again}>{t("payMore")}</Button>
    </div>
  );
}

/** One thing to send: whether it is on its way, and what was wrong with it. */
export function useSending(failed: Failed) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  async function send<T>(path: string, body: unknown, done: (answer: T) => void): Promise<void> {
    setBusy(true);
    setProblem("");
    try {
      done(await api<T>(path, { method: "POST", body }));
    } catch (error) {
      failed(error);
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, send };
}

/** The same request sent again carries the same id, so that nothing happens twice. */
export const newId = (): string => crypto.randomUUID();
