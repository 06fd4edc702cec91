/** Why an offer came to this agent, in the reader's language. */

import { lengthWords } from "../../shared/durations";
import type { GoingOnline, Why } from "../../shared/frames";
import type { Values } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import { say } from "./say";

/** Code -> words. Only those that speak of oneself; no colleague is ever named. */
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
} as const;

/** The reason in words; a code that isn't known here keeps the server's own sentence. */
export function whyWords(why: Why, outlook: GoingOnline | null, tag: string): string {
  const known = words[why.because as keyof typeof words];
  if (!known) return why.sentence;
  const values: Values = {};
  for (const [name, fact] of Object.entries(why.facts)) values[name] = factWords(name, fact, outlook, tag);
  // A plural needs its figure under this name.
  if (why.because === "lightest") values["n"] = Number(why.facts["load"]) || 0;
  return say(known, values);
}

function factWords(
  name: string,
  fact: unknown,
  outlook: GoingOnline | null,
  tag: string,
): string | number {
  if (name === "waited_seconds") return lengthWords(Number(fact), tag);
  if (name === "language") return languageName(String(fact));
  if (name === "skill") return skillName(String(fact), outlook);
  return typeof fact === "number" ? fact : String(fact ?? "");
}

export function skillName(key: string, outlook: GoingOnline | null): string {
  return outlook?.skills.find((each) => each.key === key)?.name ?? plain(key);
}

export function topicName(key: string, outlook: GoingOnline | null): string {
  return outlook?.topics.find((each) => each.key === key)?.name ?? plain(key);
}

/** "late_fees" -> "Late fees": better than nothing for a key without a name. */
function plain(key: string): string {
  const spaced = key.replace(/[_-]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
