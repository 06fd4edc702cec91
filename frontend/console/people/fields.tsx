/** The fields of the editor: words and phrases in one language at a time, and numbers. */

import type { Phrases, Words } from "./content";
import { t } from "./words";

/** English is needed, since it stands in for the others. */
export function Text(props: {
  label: string;
  words: Words;
  language: string;
  change(words: Words): void;
}) {
  const { label, words, language, change } = props;
  const other = language === "en" ? "" : (words["en"] ?? "");
  return (
    <label>
      {label}
      <textarea
        rows={2}
        lang={language}
        required={language === "en"}
        maxLength={1000}
        placeholder={other}
        value={words[language] ?? ""}
        onInput={(event) => {
          const { [language]: _, ...rest } = words;
          const text = event.currentTarget.value;
          change(text ? { ...rest, [language]: text } : rest);
        }}
      />
    </label>
  );
}

/** Phrases, one a line. */
export function PhraseList(props: {
  label: string;
  phrases: Phrases;
  language: string;
  change(phrases: Phrases): void;
}) {
  const { label, phrases, language, change } = props;
  return (
    <label>
      {label}
      <textarea
        rows={3}
        lang={language}
        value={(phrases[language] ?? []).join("\n")}
        onInput={(event) => {
          const lines = event.currentTarget.value.split("\n");
          change({ ...phrases, [language]: lines });
        }}
        onBlur={() => {
          const { [language]: lines = [], ...rest } = phrases;
          const kept = lines.map((line) => line.trim()).filter(Boolean);
          change(kept.length > 0 ? { ...rest, [language]: kept } : rest);
        }}
      />
      <small class="quiet">{t("phrasesHint")}</small>
    </label>
  );
}

export function Number0(props: {
  label: string;
  min: number;
  max: number;
  value: number;
  change(value: number): void;
}) {
  return (
    <label>
      {props.label}
      <input
        type="number"
        required
        min={props.min}
        max={props.max}
        value={props.value}
        onInput={(event) => props.change(event.currentTarget.valueAsNumber || 0)}
      />
    </label>
  );
}
