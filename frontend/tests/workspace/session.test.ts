import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import type { AgentOut, GoingOnline } from "../../shared/frames";
import { OnlineSession } from "../../workspace/online/session";
import { offer, outlook, session } from "./made";

let told: AgentOut[];
let offered: string[];
let looked: string[];
let connected: boolean;
let now: number;
let promised: GoingOnline;
let mine: OnlineSession;

const types = (): string[] => told.map((each) => each.type);
const refusal = (code: string) =>
  ({ type: "error", client_id: null, code, message: "", retry_after_seconds: null, fatal: false }) as const;

beforeEach(() => {
  told = [];
  offered = [];
  looked = [];
  connected = true;
  now = 1_000_000;
  promised = outlook();
  mine = new OnlineSession({
    now: () => now,
    send: (frame) => connected && told.push(frame) > 0,
    look: (languages) => {
      looked.push(languages.join());
      return Promise.resolve(promised);
    },
    offered: (each) => offered.push(each.id),
  });
});

const choices = session().choices!;

test("going online says what was shown, and the question closes when it is so", async () => {
  mine.question.value = "online";
  await mine.look();
  mine.goOnline(choices);
  assert.deepEqual(told[0], {
    type: "go_online",
    shown: "guaranteed",
    languages: ["sv"],
    skills: ["returns"],
    slots: 2,
    quiet_topics: [],
    no_third_chat: false,
  });
  mine.receive(session({ online: false }));
  assert.equal(mine.question.value, "online");
  mine.receive(session());
  assert.deepEqual([mine.question.value, mine.pending.value], [null, null]);
});

test("a promise that changed meanwhile is looked at again before going online", async () => {
  mine.question.value = "online";
  mine.goOnline(choices);
  promised = outlook({ capacity: "standby" });
  assert.equal(mine.refused(refusal("capacity_changed")), true);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(
    [mine.changed.value, mine.outlook.value?.capacity, mine.question.value, mine.pending.value],
    [true, "standby", "online", null],
  );
});

test("the promise is asked for the languages in the form, and the newest answer counts", async () => {
  const late: (() => void)[] = [];
  const slow = new OnlineSession({
    now: () => now,
    send: () => true,
    look: ([language]) =>
      new Promise((done) => late.push(() => done(outlook({ because: language ?? "all" })))),
  });
  slow.question.value = "online";
  slow.choosing(["sv"]);
  slow.choosing(["en"]);
  slow.choosing([]);
  late[1]?.();
  late[0]?.();
  await new Promise((done) => setTimeout(done, 0));
  assert.deepEqual([late.length, slow.outlook.value?.because], [2, "en"]);
  mine.question.value = "online";
  mine.choosing(["sv"]);
  mine.question.value = null;
  await mine.look();
  assert.deepEqual(looked, ["sv", ""]);
});

test("nothing is pending that could not be sent, and nothing stays so over a lost connection", () => {
  connected = false;
  mine.pause();
  assert.equal(mine.pending.value, null);
  connected = true;
  mine.pause();
  mine.lost();
  assert.equal(mine.pending.value, null);
});

test("pausing and coming back end when the server says so, not before", () => {
  mine.receive(session());
  mine.pause();
  mine.receive(session({ load: 1 }));
  assert.equal(mine.pending.value, "pause");
  mine.receive(session({ paused: "agent" }));
  assert.equal(mine.pending.value, null);
  mine.resume();
  mine.receive(session());
  assert.deepEqual([types(), mine.pending.value], [["pause", "resume"], null]);
});

test("choices that are what they were need no word of the server", () => {
  mine.receive(session());
  mine.question.value = "choices";
  mine.choose({ ...choices, languages: ["sv"] });
  assert.deepEqual([told, mine.question.value], [[], null]);
  mine.question.value = "choices";
  mine.choose({ ...choices, slots: 3 });
  mine.receive(session({ choices: { ...choices, slots: 3 } }));
  assert.deepEqual([types(), mine.question.value], [["choose"], null]);
});

test("leaving with conversations in hand: first finish them, then offline by itself, once", () => {
  mine.receive(session({ chats: ["a"] }));
  mine.turnOff();
  assert.deepEqual([mine.question.value, told], ["leaving", []]);
  mine.finishFirst();
  mine.receive(session({ chats: ["a"], paused: "agent" }));
  assert.deepEqual([mine.question.value, mine.leaving.value], [null, true]);
  mine.receive(session({ paused: "agent" }));
  mine.receive(session({ paused: "agent", load: 0 }));
  assert.deepEqual(types(), ["pause", "go_offline"]);
  mine.receive(session({ online: false }));
  assert.deepEqual([mine.leaving.value, mine.online.value], [false, false]);
});

test("who comes back after all stays online", () => {
  mine.receive(session({ chats: ["a"] }));
  mine.finishFirst();
  mine.receive(session({ chats: ["a"], paused: "agent" }));
  mine.resume();
  mine.receive(session({ chats: ["a"] }));
  mine.receive(session());
  assert.deepEqual(types(), ["pause", "resume"]);
});

test("an offer is alarming once, and told as seen once a connection", () => {
  mine.receive(session({ offers: [offer("a")] }));
  mine.receive(session({ offers: [offer("a"), offer("b")] }));
  assert.deepEqual(offered, ["a", "b"]);
  const [first] = mine.offers.value;
  assert.ok(first);
  mine.seen(first);
  mine.seen(first);
  assert.deepEqual(types(), ["offer_seen"]);
  mine.lost();
  mine.seen(first);
  mine.seen({ ...first, seen: true });
  assert.deepEqual(types(), ["offer_seen", "offer_seen"]);
});

test("an offer that is over is told kindly, though the session came first and knows it no more", () => {
  mine.receive(session({ offers: [offer("a")] }));
  mine.receive(session());
  const over = { type: "offer_over", conversation: "c", because: "taken", message: "m" } as const;
  mine.over({ ...over, offer: "a" });
  mine.over({ ...over, offer: "a" });
  mine.over({ ...over, offer: "never here" });
  assert.deepEqual(mine.ended.value.map((each) => [each.offer, each.topic]), [["a", "refund"]]);
  mine.dismiss("a");
  assert.deepEqual(mine.ended.value, []);
});

test("an accepted offer leaves no sentence behind", () => {
  mine.receive(session({ offers: [offer("a")] }));
  mine.over({ type: "offer_over", offer: "a", conversation: "c", because: "accepted", message: "" });
  assert.deepEqual([mine.offers.value, mine.ended.value], [[], []]);
});

test("a promise that could not be asked for leaves the last one", async () => {
  await mine.look();
  const broken = new OnlineSession({ now: () => now, send: () => true, look: () => Promise.reject(new Error()) });
  broken.outlook.value = mine.outlook.value;
  await broken.look();
  assert.equal(broken.outlook.value?.capacity, "guaranteed");
});
