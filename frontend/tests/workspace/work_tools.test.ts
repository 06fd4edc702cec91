import assert from "node:assert/strict";
import { test } from "node:test";

import { de as workDe } from "../../console/tools/words/de";
import { en as workEn } from "../../console/tools/words/en";
import { es as workEs } from "../../console/tools/words/es";
import { it as workIt } from "../../console/tools/words/it";
import { sv as workSv } from "../../console/tools/words/sv";
import { matching } from "../../workspace/tools/replies";
import { de } from "../../workspace/tools/words/de";
import { en } from "../../workspace/tools/words/en";
import { es } from "../../workspace/tools/words/es";
import { it } from "../../workspace/tools/words/it";
import { sv } from "../../workspace/tools/words/sv";

type Table = Record<string, string>;

const faces: Record<string, { english: Table; others: Record<string, Table> }> = {
  tool: { english: en, others: { sv, de, it, es } },
  work: { english: workEn, others: { sv: workSv, de: workDe, it: workIt, es: workEs } },
};
const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const [prefix, { english, others }] of Object.entries(faces)) {
  for (const [tag, table] of Object.entries(others)) {
    test(`${prefix} words in ${tag}: the same places and plurals, none empty, none of the page's`, () => {
      for (const [name, text] of Object.entries(english)) {
        const said = table[name] ?? "";
        assert.ok(name.startsWith(prefix), name);
        assert.notEqual(said.trim(), "", name);
        assert.deepEqual(places(said), places(text), name);
        assert.equal(said.split("|").length, text.split("|").length, name);
      }
    });
  }
}

test("a shortcut's beginning comes before a word in the title; what fits neither is left out", () => {
  const reply = (shortcut: string, title: string) => ({
    id: shortcut,
    company: true,
    language: "en",
    shortcut,
    title,
    text: "",
  });
  const replies = [reply("greeting", "Say hello"), reply("hello", "A greeting"), reply("bye", "End")];
  assert.deepEqual(matching(replies, "/hel").map((each) => each.id), ["hello", "greeting"]);
  assert.deepEqual(matching(replies, "").length, 3);
});
