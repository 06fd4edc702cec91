/** The reader's language: chosen by the browser, switchable, remembered; and its strings. */

import { computed, signal } from "@preact/signals";

import { fill, type Values } from "./fill";
import { store } from "./storage";

export { fill, type Values };

export const languages = ["en", "sv", "de", "it", "es"] as const;
export type Language = (typeof languages)[number];

/** Each language by its own name, so that whoever needs it can read it. */
export const languageNames: Record<Language, string> = {
  en: "English",
  sv: "Svenska",
  de: "Deutsch",
  it: "Italiano",
  es: "Español",
};

const key = "alltid:language";

/** The first wanted language that we speak ("de-AT" counts as "de"), else English. */
export function pickLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const base = tag?.toLowerCase().split("-")[0];
    const found = languages.find((each) => each === base);
    if (found) return found;
  }
  return "en";
}

const browser = typeof navigator === "undefined" ? [] : navigator.languages;

export const language = signal<Language>(pickLanguage([store.get(key), ...browser]));

/** What Intl gets: the browser's own regional tag when it fits, so that dates look familiar. */
export const locale = computed(
  () => browser.find((tag) => tag.toLowerCase().split("-")[0] === language.value) ?? language.value,
);

/** Switches to `tag` if we speak it. `remember` is for the reader's own choice. */
export function setLanguage(tag: string, remember = true): void {
  const chosen = languages.find((each) => each === tag.toLowerCase().split("-")[0]);
  if (!chosen) return;
  language.value = chosen;
  if (remember) store.set(key, chosen);
}

/** What the reader (not the page around us) has chosen, if anything. */
export const chosenLanguage = (): string | null => store.get(key);

/**
 * The function that speaks a face's strings, in the language of the moment. Reading it inside
 * a component makes the component follow a switch of language.
 */
export function speaker<K extends string>(tables: Record<Language, Record<K, string>>) {
  return (name: K, values: Values = {}): string =>
    fill(tables[language.value][name], values, language.value);
}
