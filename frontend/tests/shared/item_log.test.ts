import assert from "node:assert/strict";
import { test } from "node:test";

import type { Item } from "../../shared/frames";
import { ItemLog } from "../../shared/item_log";

const item = (version: number): Item => ({
  version,
  at: "2026-11-22T10:00:00Z",
  kind: "queue_left",
});
const versions = (log: ItemLog): number[] => log.items.value.map((each) => each.version);

test("each version is shown once, in order, however it comes", () => {
  const log = new ItemLog();
  assert.equal(log.add([item(2), item(1)], 2).length, 2);
  assert.equal(log.add([item(2), item(3), item(3)], 3).length, 1);
  assert.deepEqual(versions(log), [1, 2, 3]);
  assert.equal(log.version, 3);
});

test("the version also counts what is not shown", () => {
  const log = new ItemLog();
  log.add([item(4)], 9);
  log.add([], 5);
  assert.equal(log.version, 9);
});

test("history comes in before, and does not turn the version back", () => {
  const log = new ItemLog();
  log.add([item(10)], 10);
  log.add([item(8), item(9)]);
  assert.deepEqual(versions(log), [8, 9, 10]);
  assert.equal(log.version, 10);
  assert.equal(log.first, 8);
});
