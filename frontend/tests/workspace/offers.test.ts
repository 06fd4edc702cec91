import assert from "node:assert/strict";
import { test } from "node:test";

import { pathOf, readPush } from "../../workspace/app/pushed";
import { skillName, topicName, whyWords } from "../../workspace/online/because";
import { beginWith, sent, toggled, withSkill } from "../../workspace/online/choices";
import { money } from "../../workspace/online/money";
import {
  countOffers,
  endedShown,
  newOffers,
  secondsLeft,
  shareLeft,
  stillOpen,
  withEnded,
} from "../../workspace/online/offers";
import { offer, outlook } from "./made";

test("the ring follows the server's seconds, whatever this browser's clock says", () => {
  const [first] = countOffers([offer("a", { seconds_left: 12 })], [], 5_000);
  assert.ok(first);
  assert.equal(secondsLeft(first, 5_000), 12);
  assert.equal(secondsLeft(first, 16_100), 1);
  assert.equal(secondsLeft(first, 60_000), 0);
  assert.equal(shareLeft(first, 5_000), 0.6);
  assert.equal(shareLeft(first, 99_000), 0);
  assert.equal(shareLeft({ ...first, made_at: "?" }, 5_000), 0);
});

test("a repeated frame doesn't shake the ring, a real correction moves it", () => {
  const first = countOffers([offer("a")], [], 0);
  const late = countOffers([offer("a", { seconds_left: 19 })], first, 1_700);
  assert.equal(late[0]?.untilMs, 20_000);
  const mended = countOffers([offer("a", { seconds_left: 10 })], first, 1_000);
  assert.equal(mended[0]?.untilMs, 11_000);
});

test("offers stand by their end, each once; new ones are told apart", () => {
  const before = countOffers([offer("b", { seconds_left: 9 })], [], 0);
  const list = [offer("a", { seconds_left: 20 }), offer("b", { seconds_left: 9 }), offer("a")];
  const after = countOffers(list, before, 0);
  assert.deepEqual(after.map((each) => each.id), ["b", "a"]);
  assert.deepEqual(newOffers(before, after).map((each) => each.id), ["a"]);
});

test("an offer whose end was missed leaves the screen after the time for a late tap", () => {
  const open = countOffers([offer("a")], [], 0);
  assert.equal(stillOpen(open, 21_000).length, 1);
  assert.equal(stillOpen(open, 25_000).length, 0);
});

test("only a few ended offers are told, the newest, each once", () => {
  const ended = (id: string) => ({ offer: id, because: "taken" as const, message: "", topic: null });
  let list = withEnded([], ended("a"));
  for (const id of ["b", "c", "d", "b"]) list = withEnded(list, ended(id));
  assert.deepEqual(list.map((each) => each.offer), ["c", "d", "b"]);
  assert.equal(list.length, endedShown);
});

test("the choices begin with what holds, then with the last ones, then with everything", () => {
  const last = {
    languages: ["sv", "fi"],
    skills: { returns: 1, gone: 3 },
    slots: 7,
    quiet_topics: ["refund", "gone"],
    no_third_chat: true,
  };
  const all = beginWith(outlook(), null);
  assert.deepEqual([all.languages, all.skills, all.slots], [["sv", "en"], { returns: 2 }, 1]);
  const again = beginWith(outlook({ last_choices: last }), null);
  assert.deepEqual(again, {
    languages: ["sv"],
    skills: { returns: 2 },
    slots: 3,
    quiet_topics: ["refund"],
    no_third_chat: true,
  });
  const now = { ...last, languages: ["fi"], slots: 1 };
  assert.deepEqual(beginWith(outlook({ last_choices: last }), now).languages, ["sv", "en"]);
});

test("a choice is put in and taken out, and equal choices are sent as equal texts", () => {
  assert.deepEqual(toggled(["a"], "b"), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a"), ["b"]);
  const with2 = withSkill(beginWith(outlook(), null), "card", 1);
  assert.deepEqual(sent(with2).skills, ["card", "returns"]);
  assert.deepEqual(sent(withSkill(with2, "returns", 2)).skills, ["card"]);
  assert.deepEqual(sent({ ...with2, languages: ["en", "sv"] }), sent({ ...with2, languages: ["sv", "en"] }));
});

test("a reason that isn't known here keeps the server's sentence", () => {
  const why = { because: "new_rule", facts: {}, sentence: "A new rule." };
  assert.equal(whyWords(why, null, "en"), "A new rule.");
});

test("topics and skills have names, and a key without one is still readable", () => {
  assert.equal(topicName("refund", outlook()), "Refund");
  assert.equal(topicName("late_fees", outlook()), "Late fees");
  assert.equal(skillName("returns", outlook()), "Returns");
  assert.equal(skillName("card-fraud", null), "Card fraud");
});

test("money has its currency and its own number of decimals", () => {
  assert.equal(money(6250, "SEK", "en-GB").replace(/\s/g, " "), "SEK 62.50");
  assert.equal(money(6250, "EUR", "de").replace(/\s/g, " "), "62,50 €");
  assert.equal(money(625, "JPY", "en-US"), "¥625");
});

const desk = "https://desk.example";

test("a push opens the workspace and nothing else", () => {
  assert.equal(pathOf("/agent#c/1", desk), "/agent#c/1");
  assert.equal(pathOf("/agent/mine?x=1", desk), "/agent/mine?x=1");
  for (const url of ["https://evil.example/agent", "/console", "/agents", "//evil.example/agent", "", "http://["]) {
    assert.equal(pathOf(url, desk), "/agent", url);
  }
});

test("what is pushed is read with care", () => {
  const text = JSON.stringify({
    kind: "offer",
    title: "An offer",
    body: "Refund, SEK 62.50",
    tag: "offer:1",
    url: "/agent",
    expires_at: "2026-05-01T12:00:20Z",
  });
  const read = readPush(text, desk);
  assert.deepEqual([read.title, read.tag, read.urgent], ["An offer", "offer:1", true]);
  assert.equal(read.untilMs, Date.UTC(2026, 4, 1, 12, 0, 20));
  for (const odd of ["", "nonsense", "null", "[]", '{"title":{},"expires_at":7}']) {
    const { title, path, untilMs } = readPush(odd, desk);
    assert.deepEqual([title, path, untilMs], ["Alltid", "/agent", null], odd);
  }
  assert.equal(readPush(JSON.stringify({ title: "x".repeat(5000) }), desk).title.length, 300);
});
