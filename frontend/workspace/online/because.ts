/** Why an offer came to this agent, in the reader's language. */

import type { GoingOnline, Why } from "../../shared/frames";
import { languageName } from "../../shared/told/told";
import { WHY_ME, factValues, plainKey } from "../../shared/why";
import { say } from "./say";

/** The reason in words; a code that isn't known here keeps the server's own sentence. */
export function whyWords(why: Why, outlook: GoingOnline | null, tag: string): string {
  const known = WHY_ME[why.because as keyof typeof WHY_ME];
  if (!known) return why.sentence;
  const naming = { tag, language: languageName, key: (key: string) => skillName(key, outlook) };
  return say(known, factValues(why.facts, naming));
}

export function skillName(key: string, outlook: GoingOnline | null): string {
  return outlook?.skills.find((each) => each.key === key)?.name ?? plainKey(key);
}

export function topicName(key: string, outlook: GoingOnline | null): string {
  return outlook?.topics.find((each) => each.key === key)?.name ?? plainKey(key);
}
