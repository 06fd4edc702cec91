import assert from "node:assert/strict";
import { test } from "node:test";

import { languages } from "../../shared/i18n";
import { de } from "../../widget/strings/de";
import { en, type Key } from "../../widget/strings/en";
import { es } from "../../widget/strings/es";
import { it } from "../../widget/strings/it";
import { sv } from "../../widget/strings/sv";
import { words } from "../../loader/words";

const tables = { en, sv, de, it, es };
const keys = Object.keys(en) as Key[];
const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const language of languages) {
  test(`${language} says everything that English says`, () => {
    const table = tables[language];
    assert.deepEqual(Object.keys(table).sort(), [...keys].sort());
    for (const key of keys) {
      assert.ok(table[key].trim(), `${key} is empty`);
      assert.deepEqual(places(table[key]), places(en[key]), `the places of ${key}`);
      assert.equal(table[key].split("|").length, en[key].split("|").length, `the forms of ${key}`);
      assert.doesNotMatch(table[key], /!/, `${key} shouts`);
    }
  });
}

test("every language names the way to a human in its greeting, and says that an AI answers", () => {
  for (const table of Object.values(tables)) {
    assert.ok(table.greeting.includes(table.talkToHuman));
    assert.match(table.greeting, /\b(AI|KI|IA)\b/);
  }
});

test("the loader speaks the same languages", () => {
  assert.deepEqual(Object.keys(words).sort(), [...languages].sort());
  for (const each of Object.values(words)) assert.equal(each.filter(Boolean).length, 4);
});
