/** What languages and ways of asking are called in the reader's language. */

import type { HandoffCause } from "../shared/frames";
import { locale } from "../shared/i18n";
import { t } from "./words";

/** "sv" -> "Swedish"; a tag that nobody knows stays as it is. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([locale.value], { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(locale.value) + name.slice(1);
  } catch {
    return tag;
  }
}

export function howWords(how: HandoffCause): string {
  return t(({ button: "howButton", sentence: "howSentence", assistant_failed: "howFailed" } as const)[how]);
}
