import assert from "node:assert/strict";
import { test } from "node:test";

import { newClientId, Outbox, outboxLimit } from "../../shared/outbox";
import { memoryStore } from "../../shared/storage";

const send = (id: string) => ({ type: "send", client_id: id, text: `text of ${id}` });
type Send = ReturnType<typeof send>;

function make(storage = memoryStore(), now = () => 1_000) {
  const outbox = new Outbox<Send>(storage, now);
  outbox.open("guest:1");
  return { outbox, storage };
}

const ids = (outbox: Outbox<Send>): string[] =>
  outbox.entries.value.map((each) => each.command.client_id);

test("what was sent survives a reload under the same client_id, in order", () => {
  const { outbox, storage } = make();
  outbox.add(send("a"));
  outbox.add(send("b"));
  const { outbox: after } = make(storage);
  assert.deepEqual(after.due(), [send("a"), send("b")]);
});

test("what was acknowledged is gone for good", () => {
  const { outbox, storage } = make();
  outbox.add(send("a"));
  outbox.settle("a");
  outbox.settle("a");
  assert.deepEqual(ids(outbox), []);
  assert.deepEqual(ids(make(storage).outbox), []);
  assert.equal(storage.get("alltid:outbox:guest:1"), null);
});

test("what the server refused waits for its sender", () => {
  const { outbox } = make();
  outbox.add(send("a"));
  outbox.fail("a", "too long");
  assert.deepEqual(outbox.due(), []);
  assert.equal(outbox.entries.value[0]?.failed, "too long");
  assert.deepEqual(outbox.revive("a"), send("a"));
  assert.deepEqual(outbox.due(), [send("a")]);
  assert.equal(outbox.revive("unknown"), null);
});

test("what is older than an hour does not go out by itself", () => {
  const { outbox, storage } = make();
  outbox.add(send("a"));
  const later = make(storage, () => 1_000 + 3_600_001).outbox;
  assert.deepEqual(later.due(), []);
  assert.deepEqual(ids(later), ["a"]);
});

test("two tabs share the outbox and lose nothing of each other", () => {
  const { outbox: one, storage } = make();
  const { outbox: other } = make(storage);
  one.add(send("a"));
  other.add(send("b"));
  one.settle("a");
  assert.deepEqual(ids(make(storage).outbox), ["b"]);
});

test("what was written before anyone was known moves to the customer it becomes", () => {
  const storage = memoryStore();
  const outbox = new Outbox<Send>(storage, () => 1_000);
  outbox.open("guest:");
  outbox.add(send("a"));
  outbox.open("guest:2");
  outbox.open("guest:2");
  assert.deepEqual(ids(outbox), ["a"]);
  assert.equal(storage.get("alltid:outbox:guest:"), null);
  assert.notEqual(storage.get("alltid:outbox:guest:2"), null);
});

test("another customer sees nothing of the one before, whose text stays kept", () => {
  const { outbox, storage } = make();
  outbox.add(send("a"));
  outbox.leave();
  outbox.open("company:7");
  assert.deepEqual(ids(outbox), []);
  assert.deepEqual(ids(make(storage).outbox), ["a"]);
});

test("it is bounded, and says so", () => {
  const { outbox } = make();
  for (let i = 0; i < outboxLimit; i += 1) assert.equal(outbox.add(send(`${i}`)), true);
  assert.equal(outbox.add(send("one more")), false);
  assert.equal(outbox.entries.value.length, outboxLimit);
});

test("broken storage is passed over", () => {
  const storage = memoryStore();
  for (const broken of ["{", "null", "7", '[null, {"command":{}}, 3]']) {
    storage.set("alltid:outbox:guest:1", broken);
    assert.deepEqual(ids(make(storage).outbox), []);
  }
});

test("client ids are version 4 UUIDs, each another", () => {
  const made = Array.from({ length: 50 }, newClientId);
  assert.equal(new Set(made).size, 50);
  for (const id of made) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
