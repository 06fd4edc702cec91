/** What the figures of a reason mean in the reader's language; no colleague is ever named. */

import { lengthWords } from "./durations";
import type { Values } from "./i18n";

/** Reasons that speak of oneself: code -> the name of its words. */
export const WHY_ME = {
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
} as const;

export interface Naming {
  readonly tag: string;
  readonly language: (code: string) => string;
  /** The name of a skill or a topic. */
  readonly key: (key: string) => string;
}

/** The figures of a reason, as its words take them. */
export function factValues(facts: Record<string, unknown>, naming: Naming): Values {
  const values: Values = {};
  for (const [name, fact] of Object.entries(facts)) values[name] = factWords(name, fact, naming);
  // A plural needs its figure under this name.
  values["n"] = Number(facts["load"]) || 0;
  return values;
}

function factWords(name: string, fact: unknown, naming: Naming): string | number {
  if (name === "waited_seconds" || name === "seconds") return lengthWords(Number(fact), naming.tag);
  if (name === "language") return naming.language(String(fact));
  if (name === "skill" || name === "topic") return naming.key(String(fact));
  return typeof fact === "number" ? fact : String(fact ?? "");
}

/** "late_fees" -> "Late fees": better than nothing for a key without a name. */
export function plainKey(key: string): string {
  const spaced = key.replace(/[_-]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
