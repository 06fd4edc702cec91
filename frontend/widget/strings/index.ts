/**
 * The widget's words. Only the reader's language is fetched: all five in the bundle would
 * weigh more than the widget itself.
 */

import { effect, signal } from "@preact/signals";

import { fill, language, type Language, type Values } from "../../shared/i18n";
import type { Key, Strings } from "./en";

/** Put in by the build: the address of each language's file. */
declare const STRING_FILES: Record<Language, string>;

const tables: Partial<Record<Language, Strings>> = {};
/** The language on the screen: the chosen one, as soon as its words are here. */
export const spoken = signal<Language | null>(null);

/** Says a string in the reader's language. */
export function t(name: Key, values: Values = {}): string {
  const tag = spoken.value;
  return tag ? fill(tables[tag]![name], values, tag) : "";
}

let fetching: Language | null = null;

export function followLanguage(): void {
  effect(() => {
    const wanted = language.value;
    if (tables[wanted]) spoken.value = wanted;
    else if (fetching !== wanted) void load(wanted, 500);
  });
}

async function load(wanted: Language, pause: number): Promise<void> {
  fetching = wanted;
  try {
    const response = await fetch(STRING_FILES[wanted]);
    if (!response.ok) throw new Error();
    tables[wanted] = (await response.json()) as Strings;
    if (language.value === wanted) spoken.value = wanted;
  } catch {
    // Without words there is nothing to show: try until they come, ever more slowly.
    setTimeout(() => load(wanted, Math.min(pause * 2, 10_000)), pause);
    return;
  }
  if (fetching === wanted) fetching = null;
}
