import assert from "node:assert/strict";
import { test } from "node:test";

import { countWaiting } from "../../shared/waiting";
import {
  cardFrom,
  cardsFrom,
  newcomers,
  seen,
  stillReadable,
  unreadTotal,
  withCard,
  withFinished,
  withoutCard,
} from "../../workspace/lists";
import { emptyThread, withItems } from "../../workspace/thread";
import { card, said, waits } from "./made";

const ids = (list: readonly { conversation: string }[]): string =>
  list.map((each) => each.conversation).join("");

test("the queue is in the order of places, whatever order it came in, each once", () => {
  const list = countWaiting([waits("b", 2, 5), waits("a", 1, 9), waits("b", 2, 5)], [], 100_000);
  assert.equal(ids(list), "ab");
});

test("a wait counts from one start, in spite of rounding, and follows a real change", () => {
  const first = countWaiting([waits("a", 1, 10)], [], 100_400);
  const later = countWaiting([waits("a", 1, 12)], first, 103_300);
  assert.equal(later[0]?.sinceMs, first[0]?.sinceMs);
  const other = countWaiting([waits("a", 1, 300)], later, 104_000);
  assert.equal(other[0]?.sinceMs, 104_000 - 300_000);
});

test("newcomers are counted, those who were there are not", () => {
  assert.equal(newcomers([waits("a", 1, 1)], [waits("a", 1, 2), waits("b", 2, 0)]), 1);
  assert.equal(newcomers([waits("a", 1, 1)], []), 0);
  assert.equal(newcomers([], [waits("a", 1, 1), waits("b", 2, 0)], ["a"]), 1);
});

test("a changed card keeps its place, a new one comes first", () => {
  const cards = [card("a"), card("b"), card("c")];
  const changed = withCard(cards, card("b", { unread: 3 }));
  assert.equal(ids(changed), "abc");
  assert.equal(changed[1]?.unread, 3);
  assert.equal(ids(withCard(cards, card("d"))), "dabc");
  assert.equal(ids(withoutCard(cards, "b")), "ac");
});

test("a fresh list after a reconnection keeps the order on screen", () => {
  const known = [card("c"), card("a"), card("b")];
  assert.equal(ids(cardsFrom([card("a"), card("b"), card("d"), card("c")], known)), "dcab");
});

test("unread adds up, and reading clears one conversation only", () => {
  const cards = [card("a", { unread: 2 }), card("b", { unread: 3 })];
  assert.equal(unreadTotal(cards), 5);
  assert.equal(unreadTotal(seen(cards, "a")), 3);
});

test("a followed conversation counts the customer's new words, and no word twice", () => {
  const before = withItems(emptyThread("a"), { items: [said(1, "customer")], status: "agent" });
  const after = withItems(before, { items: [said(1, "customer"), said(2, "agent"), said(3, "customer")] });
  const counted = cardFrom(after, before, card("a", { unread: 1 }), "de");
  assert.deepEqual([counted.unread, counted.language], [2, "sv"]);
  assert.equal(cardFrom(after, after, counted, "de"), counted);
});

test("a conversation just taken gets a card with nothing unread", () => {
  const first = withItems(emptyThread("a"), {
    items: [said(1, "customer")],
    status: "agent",
    customer: { id: "1", name: "Elin" },
  });
  const made = cardFrom(first, undefined, undefined, "de");
  assert.deepEqual([made.unread, made.language, made.customer.name], [0, "de", "Elin"]);
});

test("finished conversations: newest first, each once, and only while they can be read", () => {
  const minute = 60_000;
  let list = withFinished([], { conversation: "a", name: null, atMs: 0 });
  list = withFinished(list, { conversation: "b", name: null, atMs: minute });
  list = withFinished(list, { conversation: "a", name: null, atMs: 2 * minute });
  assert.equal(ids(list), "ab");
  assert.equal(ids(stillReadable(list, 16.5 * minute)), "a");
});
