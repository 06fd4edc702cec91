/** Why an offer was mine or not, in the reader's language; no colleague is ever named. */

import { locale } from "../shared/i18n";
import { WHY_ME, factValues, plainKey } from "../shared/why";
import { languageName } from "./format";
import { t } from "./words";

export interface Why {
  readonly because: string;
  readonly facts: Record<string, unknown>;
  readonly sentence: string;
}

/** The names of topics and skills by their keys, as far as they are known. */
export type Names = Record<string, string>;

const words = {
  ...WHY_ME,
  not_online: "notOnline",
  language: "notLanguage",
  skill: "notSkill",
  full: "notFull",
  declined: "notDeclined",
  gave: "notGave",
  quiet: "notQuiet",
  kept: "notKeptFor",
  offered: "notOffered",
  slots_given: "notSlotsGiven",
  lighter: "notLighter",
  closer: "notCloser",
  earned_less: "notEarnedLess",
  passed: "notPassedBefore",
  no_offer: "notAnyOffer",
  later_round: "notLaterRound",
} as const;

/** The reason in words; a code that isn't known here keeps the server's own sentence. */
export function whyWords(why: Why, names: Names): string {
  const known = words[why.because as keyof typeof words];
  if (!known) return why.sentence;
  const naming = {
    tag: locale.value,
    language: languageName,
    key: (key: string) => named(key, names),
  };
  return t(known, factValues(why.facts, naming));
}

/** A key's name, or the key made readable. */
export function named(key: string, names: Names): string {
  return names[key] ?? plainKey(key);
}
