import assert from "node:assert/strict";
import { test } from "node:test";

import { scale, stepPath, ticks } from "../../console/dispatch/chart";
import { fromField, groups, toField, valueWords } from "../../console/dispatch/told";
import { de } from "../../console/dispatch/words/de";
import { en } from "../../console/dispatch/words/en";
import { es } from "../../console/dispatch/words/es";
import { it } from "../../console/dispatch/words/it";
import { sv } from "../../console/dispatch/words/sv";
import { addresses, routeIn } from "../../console/route";
import { en as page } from "../../console/words/en";

type Table = Record<string, string>;

const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const [tag, table] of Object.entries<Table>({ sv, de, it, es })) {
  test(`dispatching in ${tag}: the same places and plurals as in English, and no empty words`, () => {
    for (const [name, text] of Object.entries<string>(en)) {
      const said = table[name] ?? "";
      assert.notEqual(said.trim(), "", name);
      assert.deepEqual(places(said), places(text), name);
      assert.equal(said.split("|").length, text.split("|").length, name);
    }
  });
}

test("no word of dispatching takes the place of one of the page", () => {
  assert.deepEqual(Object.keys(en).filter((name) => name in page), []);
});

test("every setting says what it is and what it does", () => {
  const names = groups.flatMap((group) => group.settings.map((each) => each.name));
  for (const name of [...names, "skill_steps", "acceptance_by_load"]) {
    assert.ok(`set_${name}` in en, name);
    assert.ok(`why_${name}` in en, name);
  }
});

test("shares are written as percent and come back as they were", () => {
  assert.equal(toField(0.95, "percent"), "95");
  assert.equal(fromField("95", "percent"), 0.95);
  assert.equal(fromField(" 12,5 ", "points"), 12.5);
  for (const text of ["", "x", " ", "1e999"]) assert.equal(fromField(text, "seconds"), null);
  assert.equal(valueWords([[30, 1], [60, 2]]), "30 → 1, 60 → 2");
  assert.equal(valueWords([0.9, 0.8]), "0.9, 0.8");
});

test("an axis has few round figures and reaches past the most", () => {
  assert.deepEqual(ticks(3), [0, 1, 2, 3]);
  assert.deepEqual(ticks(0.4), [0, 1]);
  assert.deepEqual(ticks(17), [0, 5, 10, 15, 20]);
  const y = scale(0, 10, 100, 0);
  assert.deepEqual([y(0), y(5), y(10)], [100, 50, 0]);
  assert.equal(stepPath([[0, 10], [5, 20]], 5), "M0 10h5L5 20h5");
});

test("a place that is loaded later keeps what follows in the address", () => {
  const route = routeIn(addresses.place("dispatch", "waits"));
  assert.deepEqual(route, { view: "place", place: "dispatch", path: ["waits"] });
});
