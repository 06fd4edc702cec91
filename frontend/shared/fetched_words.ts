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

/** Grows when words of a part that is loaded later have joined the page's. */
const joined = signal(0);
const sources: Record<Language, string>[] = [STRING_FILES];

/** Fetches the words of a part that is loaded later, and says them from now on as the page's. */
export async function joinWords(files: Record<Language, string>): Promise<void> {
  if (sources.includes(files)) return;
  const tag = language.value;
  const more = await fetched(files[tag]);
  sources.push(files);
  // The tables of other languages lack these words: they are fetched anew when they are chosen.
  for (const other of Object.keys(tables) as Language[]) if (other !== tag) delete tables[other];
  tables[tag] = { ...tables[tag], ...more };
  joined.value += 1;
  if (language.value !== tag) void load(language.value, firstPauseMilliseconds);
}

/** The function that says a page's words. Reading it makes a component follow the language. */
export function sayer<K extends string>() {
  return (name: K, values: Values = {}): string => {
    const tag = spoken.value;
    void joined.value;
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
    const all = await Promise.all(sources.map((files) => fetched(files[wanted])));
    tables[wanted] = Object.assign({}, ...all) as Record<string, string>;
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

async function fetched(file: string): Promise<Record<string, string>> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Record<string, string>;
}
