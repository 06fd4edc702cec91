import assert from "node:assert/strict";
import { test } from "node:test";

import { de as consoleDe } from "../../console/words/de";
import { en as consoleEn } from "../../console/words/en";
import { es as consoleEs } from "../../console/words/es";
import { it as consoleIt } from "../../console/words/it";
import { sv as consoleSv } from "../../console/words/sv";
import { de as onlineDe } from "../../workspace/online/words/de";
import { en as onlineEn } from "../../workspace/online/words/en";
import { es as onlineEs } from "../../workspace/online/words/es";
import { it as onlineIt } from "../../workspace/online/words/it";
import { sv as onlineSv } from "../../workspace/online/words/sv";
import { de } from "../../workspace/words/de";
import { en } from "../../workspace/words/en";
import { es } from "../../workspace/words/es";
import { it } from "../../workspace/words/it";
import { sv } from "../../workspace/words/sv";

type Table = Record<string, string>;

const faces: Record<string, { english: Table; others: Record<string, Table> }> = {
  workspace: { english: en, others: { sv, de, it, es } },
  online: {
    english: onlineEn,
    others: { sv: onlineSv, de: onlineDe, it: onlineIt, es: onlineEs },
  },
  console: {
    english: consoleEn,
    others: { sv: consoleSv, de: consoleDe, it: consoleIt, es: consoleEs },
  },
};

const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const [face, { english, others }] of Object.entries(faces)) {
  for (const [tag, table] of Object.entries(others)) {
    test(`${face} in ${tag}: the same places and plurals as in English, and no empty words`, () => {
      for (const [name, text] of Object.entries(english)) {
        const said = table[name] ?? "";
        assert.notEqual(said.trim(), "", name);
        assert.deepEqual(places(said), places(text), name);
        assert.equal(said.split("|").length, text.split("|").length, name);
      }
    });
  }
}
