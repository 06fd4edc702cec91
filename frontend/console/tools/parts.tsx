/** What the pages of the agents' work share: a list that stays fresh, a form, a moment. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { api, Problem } from "../../shared/account/api";
import { halfMinute } from "../../shared/clock";
import { Button } from "../../shared/components";
import { locale } from "../../shared/i18n";
import { fullTime, timeLabel } from "../../shared/time";
import { Poller } from "../poller";
import { t } from "./words";

export type Failed = (error: unknown) => "stop" | void;

const freshEveryMilliseconds = 5_000;

/** What an address answers, asked again every few seconds and after each change. */
export function useFresh<T>(path: string, failed: Failed): [T | null, () => void] {
  const [answer, setAnswer] = useState<T | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const poller = new Poller<T>({
      ask: () => api<T>(path),
      got: setAnswer,
      failed,
      everyMilliseconds: freshEveryMilliseconds,
    });
    poller.start();
    return () => poller.stop();
  }, [path, round]);
  return [answer, () => setRound((count) => count + 1)];
}

export function When({ at }: { at: string }) {
  return (
    <time class="quiet" dateTime={at} title={fullTime(at, locale.value)}>
      {timeLabel(at, halfMinute.value, locale.value)}
    </time>
  );
}

/** Sends one thing at a time, and says why it didn't work. */
export function useSending(done: () => void): [boolean, string, (send: () => string | Promise<unknown>) => void] {
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  return [
    working,
    problem,
    (send) => {
      if (working) return;
      const sent = send();
      setProblem(typeof sent === "string" ? sent : "");
      if (typeof sent === "string") return;
      setWorking(true);
      sent
        .then(done, (error: unknown) =>
          setProblem((error instanceof Problem && error.message) || t("workFailed")),
        )
        .finally(() => setWorking(false));
    },
  ];
}

export function Trouble({ words }: { words: string }) {
  return (
    <p class="problem" role="alert">
      {words}
    </p>
  );
}

export function Send({ working, words, ...rest }: { working: boolean; words: string; onClick?(): void; look?: "primary" | "soft" | "danger" }) {
  const { look = "primary", onClick } = rest;
  return (
    <Button
      submit={!onClick}
      look={look}
      aria-disabled={working}
      {...(onClick ? { onClick } : {})}
    >
      {working ? t("workWorking") : words}
    </Button>
  );
}

export function Field(props: {
  id: string;
  label: string;
  hint?: string;
  rows?: number;
  most: number;
  value: string;
  set(value: string): void;
}) {
  const { id, label, hint, rows, most, value, set } = props;
  const common = {
    id,
    value,
    maxLength: most,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value),
  };
  return (
    <div class="work-field">
      <label for={id}>{label}</label>
      {rows ? <textarea {...common} rows={rows} /> : <input {...common} autocomplete="off" />}
      {hint && (
        <p id={`${id}-hint`} class="quiet">
          {hint}
        </p>
      )}
    </div>
  );
}

export function Cards({ children }: { children: ComponentChildren }) {
  return <ul class="plain-list work-cards">{children}</ul>;
}
