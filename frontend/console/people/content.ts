/** A qualification as the desk keeps it, and small changes to lists in it. */

export type Words = Record<string, string>;
export type Phrases = Record<string, readonly string[]>;

export interface Question {
  readonly kind: "choice" | "text";
  readonly id: string;
  readonly text: Words;
  readonly because: Words;
  readonly options?: readonly Words[];
  readonly right?: readonly number[];
  readonly accepted?: Phrases;
}

export const ruleKinds = ["must_mention", "must_not_say", "must_ask", "tone", "time"] as const;

export interface Rule {
  readonly kind: (typeof ruleKinds)[number];
  readonly explain: Words;
  readonly phrases: Phrases;
  readonly seconds: number;
  readonly needed: boolean;
}

export interface Turn {
  readonly says: Words;
  readonly rules: readonly Rule[];
}

export interface Content {
  readonly level: number;
  readonly paid_minutes_max: number;
  readonly introduction: Words;
  readonly questions: readonly Question[];
  readonly questions_percent: number;
  readonly customer: string;
  readonly scene: Words;
  readonly turns: readonly Turn[];
  readonly practice_percent: number;
}

export const newQuestion = (id: string, kind: Question["kind"]): Question =>
  kind === "choice"
    ? { kind, id, text: {}, because: {}, options: [{}, {}], right: [0] }
    : { kind, id, text: {}, because: {}, accepted: {} };

export const newRule = (): Rule => ({
  kind: "must_mention",
  explain: {},
  phrases: {},
  seconds: 0,
  needed: false,
});

export const newTurn = (): Turn => ({ says: {}, rules: [newRule()] });

export const empty = (): Content => ({
  level: 1,
  paid_minutes_max: 30,
  introduction: {},
  questions: [newQuestion("question-1", "choice")],
  questions_percent: 75,
  customer: "",
  scene: {},
  turns: [newTurn()],
  practice_percent: 75,
});

/** The list with the entry at `index` replaced, or left out for null. */
export function changed<E>(list: readonly E[], index: number, entry: E | null): readonly E[] {
  return list.flatMap((each, at) => (at === index ? (entry === null ? [] : [entry]) : [each]));
}

/** An id that no question has. */
export function freeId(questions: readonly Question[]): string {
  let number = questions.length + 1;
  while (questions.some((each) => each.id === `question-${number}`)) number += 1;
  return `question-${number}`;
}
