import assert from "node:assert/strict";
import { test } from "node:test";

import { lengthWords, sinceShort, waitClock } from "../../shared/durations";
import { addressOf, conversationInAddress } from "../../workspace/route";
import { isOwn, rowsOf } from "../../workspace/rows";
import { said } from "./made";

test("messages of one speaker stand together, another speaker and a step part them", () => {
  const rows = rowsOf([
    said(1, "customer"),
    said(2, "customer"),
    said(3, "assistant"),
    { kind: "queue_left", version: 4, at: "2026-05-01T12:00:04Z" },
    said(5, "assistant"),
  ]);
  const shape = rows.map((row) => (row.kind === "group" ? row.messages.length : row.kind));
  assert.deepEqual(shape, ["day", 2, 1, "system", 1]);
});

test("a long pause and a new day part the words of the same speaker", () => {
  const at = (iso: string) => said(1, "customer", "…", { at: iso });
  const rows = rowsOf([
    { ...at("2026-05-01T12:00:00"), version: 1 },
    { ...at("2026-05-01T12:09:00"), version: 2 },
    { ...at("2026-05-02T12:09:30"), version: 3 },
  ]);
  assert.deepEqual(rows.map((row) => row.kind), ["day", "group", "group", "day", "group"]);
});

test("row keys do not change when older items come before", () => {
  const later = rowsOf([said(5, "customer"), said(6, "assistant")]).map((row) => row.key);
  const whole = rowsOf([said(4, "assistant"), said(5, "customer"), said(6, "assistant")]);
  assert.ok(whole.map((row) => row.key).join().endsWith(later.slice(1).join()));
});

test("an agent knows their own words by the name they are shown under", () => {
  assert.ok(isOwn("Sara", "Sara Lind"));
  assert.ok(isOwn("Sara Lind", "Sara Lind"));
  assert.ok(!isOwn("Jonas", "Sara Lind"));
  assert.ok(!isOwn(null, "Sara Lind"));
});

test("waits read as a clock", () => {
  assert.equal(waitClock(0), "0:00");
  assert.equal(waitClock(67.9), "1:07");
  assert.equal(waitClock(3852), "1:04:12");
  assert.equal(waitClock(-5), "0:00");
});

test("lengths are told in at most two units", () => {
  assert.equal(lengthWords(0, "en-GB"), "0 secs");
  assert.equal(lengthWords(60, "en-GB"), "1 min");
  assert.equal(lengthWords(252, "en-GB"), "4 mins 12 secs");
  assert.equal(lengthWords(3_900, "en-GB"), "1 hr 5 mins");
  assert.equal(lengthWords(3_600, "sv"), "1 tim");
});

test("times since are short, and a clock that runs behind shows no future", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  assert.equal(sinceShort("2026-05-01T12:00:40Z", now, "en-GB"), "now");
  assert.equal(sinceShort("2026-05-01T11:55:10Z", now, "en-GB"), "4 mins");
  assert.equal(sinceShort("2026-04-29T11:55:10Z", now, "en-GB"), "2 days");
});

test("the address names a conversation, and nothing else does", () => {
  assert.equal(conversationInAddress(addressOf("a/b ü")), "a/b ü");
  assert.equal(conversationInAddress(addressOf(null)), null);
  assert.equal(conversationInAddress("#c/%E0%A4%A"), null);
  assert.equal(conversationInAddress("#waiting"), null);
});
