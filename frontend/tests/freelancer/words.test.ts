import assert from "node:assert/strict";
import { test } from "node:test";

import { de as applyDe } from "../../apply/words/de";
import { en as applyEn } from "../../apply/words/en";
import { es as applyEs } from "../../apply/words/es";
import { it as applyIt } from "../../apply/words/it";
import { sv as applySv } from "../../apply/words/sv";
import { changed, empty, freeId, newQuestion } from "../../console/people/content";
import { de as peopleDe } from "../../console/people/words/de";
import { en as peopleEn } from "../../console/people/words/en";
import { es as peopleEs } from "../../console/people/words/es";
import { it as peopleIt } from "../../console/people/words/it";
import { sv as peopleSv } from "../../console/people/words/sv";
import { daysUntil, fromNow, money, said } from "../../freelancer/format";
import { de } from "../../freelancer/words/de";
import { en } from "../../freelancer/words/en";
import { es } from "../../freelancer/words/es";
import { it } from "../../freelancer/words/it";
import { sv } from "../../freelancer/words/sv";

type Table = Record<string, string>;

const faces: Record<string, { english: Table; others: Record<string, Table> }> = {
  freelancer: { english: en, others: { sv, de, it, es } },
  apply: { english: applyEn, others: { sv: applySv, de: applyDe, it: applyIt, es: applyEs } },
  people: { english: peopleEn, others: { sv: peopleSv, de: peopleDe, it: peopleIt, es: peopleEs } },
};

const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const [face, { english, others }] of Object.entries(faces)) {
  for (const [tag, table] of Object.entries(others)) {
    test(`${face} in ${tag}: the same places and plurals as in English, and nothing shouted`, () => {
      assert.deepEqual(Object.keys(table).sort(), Object.keys(english).sort());
      for (const [name, text] of Object.entries(english)) {
        const words = table[name] ?? "";
        assert.notEqual(words.trim(), "", name);
        assert.deepEqual(places(words), places(text), name);
        assert.equal(words.split("|").length, text.split("|").length, name);
        assert.doesNotMatch(words, /[!¡]/, name);
      }
    });
  }
}

test("money has its currency and its own decimals, and words fall back to English", () => {
  assert.match(money(40_050, "SEK"), /400\.50/);
  assert.match(money(400, "JPY"), /400/);
  assert.equal(said({ sv: "ja", en: "yes" }), "yes");
  assert.equal(said({ sv: "ja" }), "ja");
});

test("a due date counts down in days, then in hours, and goes below zero", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  assert.equal(daysUntil("2026-05-15T12:00:00Z", now), 14);
  assert.equal(daysUntil("2026-04-30T11:00:00Z", now), -2);
  assert.equal(fromNow("2026-05-14T13:00:00Z", now), "in 13 days");
  assert.equal(fromNow("2026-05-01T17:30:00Z", now), "in 5 hours");
  assert.equal(fromNow("2026-04-28T12:00:00Z", now), "3 days ago");
});

test("the editor changes and leaves out entries, and gives each question an id of its own", () => {
  assert.deepEqual(changed(["a", "b", "c"], 1, "x"), ["a", "x", "c"]);
  assert.deepEqual(changed(["a", "b", "c"], 1, null), ["a", "c"]);
  const first = empty().questions;
  assert.equal(freeId(first), "question-2");
  assert.equal(freeId([...first, newQuestion("question-3", "text")]), "question-4");
});
