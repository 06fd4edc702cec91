/** Why an offer was mine or not, in the reader's language; no colleague is ever named. */

import { lengthWords } from "../shared/durations";
import { locale } from "../shared/i18n";
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
  only_one: "whyOnlyOne",
  named: "whyNamed",
  helped_before: "whyHelpedBefore",
  by_age: "whyByAge",
  relaxed: "whyRelaxed",
  skilled: "whySkilled",
  lightest: "whyLightest",
  earned_least: "whyEarnedLeast",
  second: "whySecond",
  longest_wait: "whyLongestWait",
  best_together: "whyBestTogether",
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
  const values: Record<string, string | number> = {};
  for (const [name, fact] of Object.entries(why.facts)) values[name] = factWords(name, fact, names);
  // A plural needs its figure under this name.
  values["n"] = Number(why.facts["load"]) || 0;
  return t(known, values);
}

function factWords(name: string, fact: unknown, names: Names): string | number {
  if (name === "waited_seconds" || name === "seconds") return lengthWords(Number(fact), locale.value);
  if (name === "language") return languageName(String(fact));
  if (name === "skill" || name === "topic") return named(String(fact), names);
  return typeof fact === "number" ? fact : String(fact ?? "");
}

/** A key's name; "late-fees" becomes "Late fees", better than nothing. */
export function named(key: string, names: Names): string {
  const spaced = key.replace(/[_-]+/g, " ");
  return names[key] ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
