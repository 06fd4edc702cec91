/**
 * A page's words, of which only the reader's language is fetched: five languages in a bundle
 * would weigh as much as the page itself.
 */

import { effect, signal } from "@preact/signals";

import { fill, language, type Language, type Values } from "./i18n";

/** Put in by the build: the address of each language's file. */
declare const STRING_FILES: Record<Language, string>;

const tables: Partial<Record<Language, Record<string, string>>> = {};

/** The language on the screen: the chosen one, as soon as its words are here. */
export const spoken = signal<Language | null>(null);

/** The function that says a page's words. Reading it makes a component follow the language. */
export function sayer<K extends string>() {
  return (name: K, values: Values = {}): string => {
    const tag = spoken.value;
    return tag ? fill(tables[tag]?.[name] ?? name, values, tag) : "";
  };
}

/** Fetches the words of the chosen language, now and whenever another is chosen. */
export function followLanguage(): void {
  effect(() => {
    const wanted = language.value;
    if (tables[wanted]) spoken.value = wanted;
    else void load(wanted, firstPauseMilliseconds);
  });
}

const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 10_000;

async function load(wanted: Language, pause: number): Promise<void> {
  try {
    const response = await fetch(STRING_FILES[wanted]);
    if (!response.ok) throw new Error(String(response.status));
    tables[wanted] = (await response.json()) as Record<string, string>;
    if (language.value === wanted) spoken.value = wanted;
  } catch {
    // Without words there is nothing to show: try until they come, ever more slowly.
    setTimeout(() => {
      if (language.value === wanted && !tables[wanted]) {
        void load(wanted, Math.min(pause * 2, longestPauseMilliseconds));
      }
    }, pause);
  }
}
