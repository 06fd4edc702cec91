import assert from "node:assert/strict";
import { test } from "node:test";

import { joinPages, serviceAll, serviceShare, storySteps } from "../../console/overview";
import type { BreachEntry } from "../../console/overview";
import { Poller } from "../../console/poller";
import { addresses, routeIn } from "../../console/route";
import { sparkPath } from "../../console/sparkline";
import { said } from "../workspace/made";

test("nobody asked: no share is claimed; the late ones count against it", () => {
  assert.equal(serviceShare({ target_seconds: 180, answered: 0, within: 0 }), null);
  const level = { target_seconds: 180, answered: 8, within: 6, late: 4 };
  assert.deepEqual([serviceAll(level), serviceShare(level)], [12, 0.5]);
});

test("pages join with the freshest first and nothing twice", () => {
  const page = (...ids: number[]) => ids.map((id) => ({ id }));
  const joined = joinPages([page(9, 8, 7), page(8, 7, 6), page(6, 5)]);
  assert.deepEqual(joined.map((each) => each.id), [9, 8, 7, 6, 5]);
});

test("a story has the time between its steps, and each breach where it happened", () => {
  const breach = (version: number): BreachEntry => ({
    id: version,
    promise: "P3",
    conversation: "c",
    version,
    at: "",
    found_at: "",
    detail: "",
  });
  const steps = storySteps([said(1, "customer"), said(4, "assistant"), said(9, "customer")], [
    breach(0),
    breach(5),
    breach(9),
    breach(12),
  ]);
  assert.deepEqual(steps.map((step) => step.gapSeconds), [null, 3, 5]);
  assert.deepEqual(steps.map((step) => step.breaches.map((each) => each.version)), [[0], [5], [9, 12]]);
});

test("a sparkline begins at zero and fills its box", () => {
  assert.equal(sparkPath([], 100, 20), "");
  assert.equal(sparkPath([0], 100, 20), "M0 18L100 18");
  assert.equal(sparkPath([0, 4, 2], 100, 20), "M0 18L50 2L100 10");
});

test("addresses lead back to their places, and nonsense leads to now", () => {
  assert.deepEqual(routeIn(addresses.now), { view: "now" });
  assert.deepEqual(routeIn(addresses.conversations), { view: "conversations" });
  assert.deepEqual(routeIn(addresses.story("a/b", 7)), { view: "story", id: "a/b", version: 7 });
  assert.deepEqual(routeIn(addresses.story("x")), { view: "story", id: "x", version: null });
  assert.deepEqual(routeIn(addresses.breaches("P3")), { view: "breaches", promise: "P3" });
  assert.deepEqual(routeIn(addresses.breaches()), { view: "breaches", promise: null });
  assert.deepEqual(routeIn("#/%E0%A4%A"), { view: "now" });
});

test("the pause grows with failures up to half a minute", () => {
  const pauses = [0, 1, 2, 3, 5, 50].map((failures) => Poller.pause(2000, failures));
  assert.deepEqual(pauses, [2000, 2000, 4000, 8000, 30_000, 30_000]);
});

test("a poller tells since when there is no answer, and that answers are back", async () => {
  let broken = true;
  const got: number[] = [];
  const poller = new Poller<number>({
    ask: () => (broken ? Promise.reject(new Error("away")) : Promise.resolve(7)),
    got: (answer) => got.push(answer),
    everyMilliseconds: 5,
    now: () => 42,
  });
  poller.start();
  await new Promise((done) => setTimeout(done, 3));
  assert.equal(poller.failingSince.value, 42);
  broken = false;
  await new Promise((done) => setTimeout(done, 40));
  assert.equal(poller.failingSince.value, null);
  assert.ok(got.length >= 1);
  poller.stop();
});

test("a poller that is told to stop asks no more", async () => {
  let asked = 0;
  const poller = new Poller<number>({
    ask: () => Promise.reject(new Error(String((asked += 1)))),
    got: () => assert.fail("no answer is expected"),
    failed: () => "stop",
    everyMilliseconds: 1,
  });
  poller.start();
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(asked, 1);
});
