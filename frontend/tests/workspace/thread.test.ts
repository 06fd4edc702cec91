import assert from "node:assert/strict";
import { test } from "node:test";

import {
  customersLastWordAt,
  emptyThread,
  lastOwnMessage,
  lastVersion,
  mergeItems,
  packetOf,
  withHistory,
  withItems,
  withMarks,
} from "../../workspace/thread";
import { said } from "./made";

const versions = (items: readonly { version: number }[]): number[] => items.map((each) => each.version);

test("items merge by version: in order, each once, in whatever order they come", () => {
  const one = mergeItems([], [said(2, "customer"), said(1, "assistant")]);
  const two = mergeItems(one, [said(2, "customer"), said(4, "agent")]);
  const three = mergeItems(two, [said(3, "customer")]);
  assert.deepEqual(versions(three), [1, 2, 3, 4]);
  assert.equal(mergeItems(three, []), three);
});

test("a batch that repeats itself after a reconnection adds nothing twice", () => {
  const batch = [said(1, "customer"), said(2, "assistant"), said(3, "customer")];
  assert.deepEqual(versions(mergeItems(mergeItems([], batch), batch)), [1, 2, 3]);
  assert.deepEqual(versions(mergeItems([], [...batch, ...batch])), [1, 2, 3]);
});

test("any split and order of the same items gives the same thread", () => {
  const all = Array.from({ length: 40 }, (_, index) => said(index + 1, "customer"));
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 50; round += 1) {
    let held: readonly ReturnType<typeof said>[] = [];
    const shuffled = [...all].sort(() => random(3) - 1);
    while (shuffled.length > 0) held = mergeItems(held, shuffled.splice(0, 1 + random(9)));
    assert.deepEqual(versions(held), versions(all));
  }
});

test("what lies before is known from the first batch and from history, not from live ones", () => {
  const opened = withItems(emptyThread("c"), { items: [said(9, "customer")], has_earlier: true });
  assert.equal(opened.hasEarlier, true);
  const live = withItems(opened, { items: [said(10, "customer")], has_earlier: false });
  assert.equal(live.hasEarlier, true);
  const asked = { ...live, askingEarlier: true };
  const whole = withHistory(asked, { items: [said(8, "assistant")], has_earlier: false });
  assert.deepEqual(versions(whole.items), [8, 9, 10]);
  assert.deepEqual([whole.hasEarlier, whole.askingEarlier], [false, false]);
});

test("a live item that overtakes the first page does not hide what lies before", () => {
  const live = withItems(emptyThread("c"), { items: [said(12, "customer")] });
  const page = { items: [said(11, "assistant"), said(12, "customer")], has_earlier: true };
  assert.equal(withItems(live, page).hasEarlier, true);
});

test("status and customer change only when they are told", () => {
  const customer = { id: "1", name: "Elin" };
  const opened = withItems(emptyThread("c"), { items: [], status: "agent", customer });
  const live = withItems(opened, { items: [said(1, "customer")] });
  assert.equal(live.status, "agent");
  assert.deepEqual(live.customer, customer);
});

test("marks never go back", () => {
  const read = withMarks(emptyThread("c"), { delivered: 5, read: 5 });
  assert.deepEqual(withMarks(read, { delivered: 3, read: 0 }).marks, { delivered: 5, read: 5 });
  assert.deepEqual(withMarks(read, { delivered: 5, read: 7 }).marks, { delivered: 7, read: 7 });
});

test("last words: the customer's, the agent's, and the version to go on from", () => {
  const items = [said(1, "customer"), said(2, "agent"), said(3, "assistant")];
  assert.equal(customersLastWordAt(items), items[0]?.at);
  assert.equal(lastOwnMessage(items)?.version, 2);
  assert.equal(customersLastWordAt([]), null);
  assert.equal(lastVersion(withItems(emptyThread("c"), { items })), 3);
});

test("the packet tells the latest wish and how long it waited", () => {
  const at = (minutes: number): string => new Date(Date.UTC(2026, 4, 1, 12, minutes)).toISOString();
  const packet = packetOf([
    { kind: "human_requested", version: 1, at: at(0), how: "button" },
    { kind: "queue_left", version: 2, at: at(1) },
    { kind: "human_requested", version: 3, at: at(10), how: "sentence" },
    { kind: "agent_joined", version: 4, at: at(13), name: "Sara" },
  ]);
  assert.deepEqual([packet.how, packet.waitedSeconds], ["sentence", 180]);
});

test("given back and taken again, the wait counts from the wish to the last joining", () => {
  const at = (minutes: number): string => new Date(Date.UTC(2026, 4, 1, 12, minutes)).toISOString();
  const items = [
    { kind: "human_requested", version: 1, at: at(0), how: "button" },
    { kind: "agent_joined", version: 2, at: at(1), name: "Sara" },
    { kind: "returned_to_queue", version: 3, at: at(2) },
  ] as const;
  assert.equal(packetOf(items).waitedSeconds, null);
  const again = packetOf([...items, { kind: "agent_joined", version: 4, at: at(5), name: "Jonas" }]);
  assert.equal(again.waitedSeconds, 300);
});
