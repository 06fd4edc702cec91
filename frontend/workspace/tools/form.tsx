/** A form in a sheet: one request at a time, its problem in words, and the way out. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { wordsOf } from "./beside";
import { t } from "./words";

export interface FormProps {
  /** Returns a problem in words, or does it. */
  send(): string | Promise<unknown>;
  done(): void;
  words: string;
  /** Shown beside the button that sends. */
  cancel?(): void;
  children: ComponentChildren;
}

export function Form({ send, done, words, cancel, children }: FormProps) {
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");

  function submit(event: Event): void {
    event.preventDefault();
    if (working) return;
    const sent = send();
    if (typeof sent === "string") {
      setProblem(sent);
      return;
    }
    setProblem("");
    setWorking(true);
    sent
      .then(done, (error: unknown) => setProblem(wordsOf(error)))
      .finally(() => setWorking(false));
  }

  return (
    <form class="tool-form" onSubmit={submit} noValidate>
      {children}
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="sheet-buttons">
        {cancel && <Button onClick={cancel}>{t("toolCancel")}</Button>}
        <Button submit look="primary" aria-disabled={working}>
          {working ? t("toolWorking") : words}
        </Button>
      </div>
    </form>
  );
}

/** A field with its label and, where it helps, a hint. */
export function Field(props: {
  id: string;
  label: string;
  hint?: string;
  value: string;
  rows?: number;
  most: number;
  set(value: string): void;
}) {
  const { id, label, hint, value, rows, most, set } = props;
  const common = {
    id,
    maxLength: most,
    value,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: { currentTarget: HTMLTextAreaElement | HTMLInputElement }) =>
      set(event.currentTarget.value),
  };
  return (
    <>
      <label for={id}>{label}</label>
      {rows ? <textarea {...common} rows={rows} /> : <input {...common} autocomplete="off" />}
      {hint && (
        <p id={`${id}-hint`} class="quiet small">
          {hint}
        </p>
      )}
    </>
  );
}
