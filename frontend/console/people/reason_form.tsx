/** One decision with its reason, which the one it is about reads. */

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { Button } from "../../shared/components";
import { wordsOf } from "./asked";
import { t } from "./words";

export interface Way {
  readonly name: string;
  readonly label: string;
  readonly look?: "primary" | "danger" | "";
}

/** `send` gets the way that was chosen and the reason. */
export function ReasonForm(props: {
  id: string;
  label: string;
  ways: readonly Way[];
  send(way: string, reason: string): Promise<void>;
  children?: ComponentChildren;
}) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const way = (event.submitter as HTMLButtonElement | null)?.value ?? props.ways[0]?.name ?? "";
    setBusy(true);
    setProblem("");
    try {
      await props.send(way, reason);
      setReason("");
    } catch (error) {
      setProblem(wordsOf(error));
    }
    setBusy(false);
  }
  return (
    <form class="reason" onSubmit={(event) => void send(event)}>
      {props.children}
      <label for={props.id}>{props.label}</label>
      <textarea
        id={props.id}
        rows={2}
        required
        maxLength={2000}
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="ways">
        {props.ways.map(({ name, label, look = "" }) => (
          <Button key={name} submit look={look} value={name} disabled={busy}>
            {label}
          </Button>
        ))}
      </div>
      <p class="quiet small">{t("reasonShown")}</p>
    </form>
  );
}
