/** The steps of a conversation in words: for the agent's messages and for the lead's story. */

import { sayer } from "../fetched_words";
import type { HandoffCause, Item, MessageItem, Status } from "../frames";
import { locale } from "../i18n";
import { fullTime } from "../time";
import type { ToldWords } from "./words/en";

export const tell = sayer<keyof ToldWords>();

/** Everything in a conversation that is not a message. */
export type Step = Exclude<Item, MessageItem>;

export function stepWords(step: Step): string {
  switch (step.kind) {
    case "human_requested":
      return tell(requested[step.how]);
    case "queue_left":
      return tell("saidLeft");
    case "agent_joined":
      return tell("saidJoined", { name: step.name });
    case "returned_to_queue":
      return tell("saidReturned");
    case "callback_booked":
      return tell("saidBooked", { when: fullTime(step.callback_at, locale.value) });
    case "callback_cancelled":
    case "written_cancelled":
      return tell("saidInLineAgain");
    case "written_chosen":
      return tell("saidWritten");
    case "resolved": {
      const by = step.by ? tell("saidResolved", { name: step.by }) : tell("saidResolvedAlone");
      return step.reason ? `${by}: ${tell(step.reason)}` : by;
    }
    case "reopened":
      return tell("saidReopened");
    case "rated": {
      const solved = tell(step.solved ? "saidSolved" : "saidNotSolved");
      return step.score === null ? solved : `${solved}. ${tell("saidRated", { score: step.score })}`;
    }
  }
}

/** What someone wrote beside a step: the wrap-up note, the customer's comment. */
export function stepNote(step: Step): string | null {
  if (step.kind === "resolved") return step.note || null;
  return step.kind === "rated" ? step.comment || null : null;
}

export function howWords(how: HandoffCause): string {
  return tell(asked[how]);
}

export function statusWords(status: Status): string {
  return tell(statuses[status]);
}

/** "sv" -> "Swedish"; a tag that nobody knows stays as it is. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([locale.value], { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(locale.value) + name.slice(1);
  } catch {
    return tag;
  }
}

const requested = {
  button: "saidButton",
  sentence: "saidSentence",
  assistant_failed: "saidFailed",
  handed_over: "saidHandedOver",
} as const;

const asked = {
  button: "howButton",
  sentence: "howSentence",
  assistant_failed: "howFailed",
  handed_over: "howHandedOver",
} as const;

const statuses = {
  assistant: "statusAssistant",
  waiting: "statusWaiting",
  agent: "statusAgent",
  resolved: "statusResolved",
} as const;
