import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import type { Agent, AgentIn } from "../../shared/frames";
import { memoryStore } from "../../shared/storage";
import { Desk } from "../../workspace/desk";
import { card, offer, said, session, waits } from "./made";

const sara: Agent = { id: "sara", name: "Sara Lind", email: "s@x", role: "agent", languages: ["sv"] };
const customer = { id: "1", name: "Elin" };

/** A socket that is always there and writes down what it is given. */
class FakeWire {
  static last: FakeWire;
  readyState = 1;
  sent: { type: string; client_id?: string; [more: string]: unknown }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    FakeWire.last = this;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  tell(frame: AgentIn): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  of(type: string) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

let desk: Desk;
let heard: string[];
const storage = memoryStore();

function connect(): void {
  FakeWire.last.onopen?.();
}

function welcome(conversations = [card("a")], online = true): void {
  const since = online ? "2026-05-01T12:00:00Z" : null;
  FakeWire.last.tell({ type: "welcome", agent: sara, online, online_since: since, conversations });
}

beforeEach(async () => {
  heard = [];
  desk = new Desk({
    url: "ws://x",
    storage,
    now: () => 1_000_000,
    heard: (conversation) => heard.push(conversation),
    look: () => Promise.reject(new Error("nobody asks here")),
    connect: () => new FakeWire() as unknown as WebSocket,
  });
  desk.start(sara);
  connect();
  await Promise.resolve();
  welcome();
});

test.afterEach(() => desk.stop());

function show(conversation = "a"): void {
  desk.show(conversation);
  FakeWire.last.tell({
    type: "items",
    conversation,
    version: 2,
    status: "agent",
    customer,
    items: [said(1, "customer"), said(2, "assistant")],
    has_earlier: false,
  });
}

test("a sent message stays under way until its item is here, then it is there once", () => {
  show();
  desk.send("a", "Hello", []);
  const id = FakeWire.last.of("send")[0]?.client_id ?? "";
  FakeWire.last.tell({ type: "ack", client_id: id, version: 3 });
  assert.equal(desk.out.sends.entries.value.length, 1);
  FakeWire.last.tell({
    type: "items",
    conversation: "a",
    version: 3,
    status: "agent",
    items: [said(3, "agent", "Hello")],
  });
  assert.equal(desk.out.sends.entries.value.length, 0);
  assert.equal(desk.threads.value.get("a")?.items.length, 3);
});

test("what was not acknowledged goes out again after a reconnection, under the same id", async () => {
  show();
  desk.send("a", "Hello", []);
  const first = FakeWire.last;
  first.onclose?.({ code: 1012 });
  desk.stop();
  desk.start(sara);
  connect();
  await Promise.resolve();
  assert.notEqual(FakeWire.last, first);
  welcome();
  assert.deepEqual(FakeWire.last.of("send").map((each) => each.client_id), [first.of("send")[0]?.client_id]);
  desk.out.sends.settle(first.of("send")[0]?.client_id ?? "");
});

test("a refused message keeps its text and says why", () => {
  show();
  desk.send("a", "Hello", []);
  const client_id = FakeWire.last.of("send")[0]?.client_id ?? "";
  const why = { code: "text_too_long", message: "Too long.", retry_after_seconds: null, fatal: false };
  FakeWire.last.tell({ type: "error", client_id, ...why });
  assert.equal(desk.out.sends.entries.value[0]?.failed, "Too long.");
  desk.out.sends.settle(client_id);
});

test("taking shows the conversation, gives it a card and takes it out of the queue", () => {
  FakeWire.last.tell({ type: "queue", waiting: [waits("w", 1, 60)], online_agents: 1 });
  desk.take("w");
  desk.take("w");
  assert.equal(FakeWire.last.of("take").length, 1);
  FakeWire.last.tell({
    type: "items",
    conversation: "w",
    version: 1,
    status: "agent",
    customer,
    items: [said(1, "customer")],
    has_earlier: false,
  });
  FakeWire.last.tell({ type: "ack", client_id: FakeWire.last.of("take")[0]?.client_id ?? "", version: 1 });
  assert.equal(desk.current.value, "w");
  assert.deepEqual(desk.waiting.value, []);
  assert.deepEqual(desk.cards.value.map((each) => [each.conversation, each.language]), [["w", "sv"], ["a", "sv"]]);
});

test("words of the customer count as unread until they are read, and are heard once", () => {
  show();
  const items = [said(3, "customer")];
  const frame = { type: "items", conversation: "a", version: 3, status: "agent", items } as const;
  FakeWire.last.tell({ ...frame, items });
  FakeWire.last.tell({ ...frame, items });
  assert.equal(desk.unread.value, 1);
  assert.deepEqual(heard, ["a"]);
  desk.read("a");
  desk.read("a");
  assert.equal(desk.unread.value, 0);
  assert.deepEqual(FakeWire.last.of("read").map((each) => each["version"]), [3]);
});

test("a finished conversation leaves the list and stays readable; one given back is gone", () => {
  show();
  FakeWire.last.tell({ type: "gone", conversation: "a", because: "resolved" });
  assert.deepEqual([desk.cards.value.length, desk.current.value], [0, null]);
  assert.deepEqual(desk.finished.value.map((each) => each.name), ["Elin"]);
  FakeWire.last.tell({ type: "card", ...card("b") });
  show("b");
  FakeWire.last.tell({ type: "gone", conversation: "b", because: "returned" });
  assert.equal(desk.threads.value.has("b"), false);
});

test("going offline empties the queue; the own conversations stay", () => {
  FakeWire.last.tell({ type: "queue", waiting: [waits("w", 1, 60)], online_agents: 1 });
  desk.session.turnOff();
  assert.equal(desk.session.pending.value, "offline");
  FakeWire.last.tell({ type: "online", online: false, since: null });
  const { online, pending } = desk.session;
  assert.deepEqual([online.value, desk.waiting.value, pending.value], [false, null, null]);
  assert.equal(desk.cards.value.length, 1);
});

test("an accepted offer opens its conversation, in the language that the offer told", () => {
  FakeWire.last.tell(session({ offers: [offer("o", { conversation: "w", language: "de" })] }));
  const [open] = desk.session.offers.value;
  assert.ok(open);
  desk.accept(open);
  desk.accept(open);
  const [accepted, again] = FakeWire.last.of("accept_offer");
  assert.deepEqual([accepted?.["offer"], again], ["o", undefined]);
  FakeWire.last.tell({
    type: "items",
    conversation: "w",
    version: 1,
    status: "agent",
    customer,
    items: [said(1, "customer")],
    has_earlier: false,
  });
  FakeWire.last.tell({ type: "ack", client_id: accepted?.client_id ?? "" });
  assert.equal(desk.current.value, "w");
  assert.deepEqual(desk.session.offers.value, []);
  assert.deepEqual(desk.cards.value.map((each) => each.language), ["de", "sv"]);
});

test("an accept that lost its connection goes out again under the same id", async () => {
  FakeWire.last.tell(session({ offers: [offer("o")] }));
  desk.accept(desk.session.offers.value[0]!);
  const first = FakeWire.last;
  first.onclose?.({ code: 1012 });
  desk.session.lost();
  await new Promise((done) => setTimeout(done, 320));
  connect();
  await Promise.resolve();
  welcome();
  assert.notEqual(FakeWire.last, first);
  const ids = [first, FakeWire.last].map((wire) => wire.of("accept_offer")[0]?.client_id);
  assert.equal(ids[0], ids[1]);
});

test("an offer that is gone leaves the screen with a kind sentence", () => {
  FakeWire.last.tell(session({ offers: [offer("o")] }));
  desk.accept(desk.session.offers.value[0]!);
  const client_id = FakeWire.last.of("accept_offer")[0]?.client_id ?? "";
  const why = { code: "offer_withdrawn", message: "Taken.", retry_after_seconds: null, fatal: false };
  FakeWire.last.tell({ type: "error", client_id, ...why });
  assert.deepEqual(desk.session.offers.value, []);
  assert.equal(desk.notice.value.count, 1);
  assert.equal(desk.out.stepUnderWay("conversation of o"), null);
});

test("a refused switch with conversations in hand asks what to do with them", () => {
  FakeWire.last.tell(session({}));
  desk.session.turnOff();
  const why = { code: "chats_in_hand", message: "…", retry_after_seconds: null, fatal: false };
  FakeWire.last.tell({ type: "error", client_id: null, ...why });
  assert.equal(desk.session.question.value, "leaving");
  assert.equal(desk.notice.value.count, 0);
});

test("no longer signed in: the desk says so and stops trying", async () => {
  FakeWire.last.onclose?.({ code: 4401 });
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(desk.signedOut.value, true);
  assert.equal(desk.connection.value, "refused");
});
