/** The choices of an online session as a form holds them. Pure. */

import type { Choices, Chosen, GoingOnline } from "../../shared/frames";

export const slotChoices = [1, 2, 3] as const;

/** What the form begins with: what holds now, else the last choices, else everything there is. */
export function beginWith(outlook: GoingOnline, now: Choices | null): Choices {
  const kept = now ?? outlook.last_choices;
  const levels = Object.fromEntries(outlook.skills.map((each) => [each.key, each.level]));
  if (!kept) {
    const { languages } = outlook;
    return { languages, skills: levels, slots: 1, quiet_topics: [], no_third_chat: false };
  }
  const languages = kept.languages.filter((each) => outlook.languages.includes(each));
  return {
    // Languages that aren't spoken any more must not leave the form empty.
    languages: languages.length > 0 ? languages : outlook.languages,
    // A level counts as it is now, not as it was then.
    skills: Object.fromEntries(
      Object.keys(kept.skills)
        .filter((key) => key in levels)
        .map((key) => [key, levels[key] ?? 1]),
    ),
    slots: Math.min(3, Math.max(1, kept.slots)),
    quiet_topics: kept.quiet_topics.filter((key) => outlook.topics.some((each) => each.key === key)),
    no_third_chat: kept.no_third_chat,
  };
}

/** With `value` in the list, or without it when it was there. */
export function toggled(list: readonly string[], value: string): string[] {
  return list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
}

export function withSkill(choices: Choices, key: string, level: number): Choices {
  const { [key]: had, ...others } = choices.skills;
  return { ...choices, skills: had === undefined ? { ...others, [key]: level } : others };
}

/** As it is sent, in one order, so that equal choices are equal texts. */
export function sent(choices: Choices): Chosen {
  return {
    languages: [...choices.languages].sort(),
    skills: Object.keys(choices.skills).sort(),
    slots: choices.slots,
    quiet_topics: [...choices.quiet_topics].sort(),
    no_third_chat: choices.no_third_chat,
  };
}
