import assert from "node:assert/strict";
import { test } from "node:test";

import { exactly, length, minorOf } from "../../../shared/pay/amounts";
import { sumsAfter } from "../../../shared/pay/metered";
import type { Meter } from "../../../shared/pay/metered";

const meter: Meter = {
  session: "s1",
  at: "2026-03-02T09:00:00Z",
  currency: "SEK",
  floor_minor_per_hour: 40000,
  unit: "minute",
  rate_minor: 952,
  counting: true,
  working: false,
  floor_millionths: 0,
  earned_millionths: 0,
  floor_millionths_per_second: 11111111,
  earned_millionths_per_second: 0,
  extra_minor: 0,
};

test("an hour online without work comes to the floor, to the öre", () => {
  assert.deepEqual(sumsAfter(meter, 3600), { earned: 0, floor: 40000, topUp: 40000, total: 40000 });
});

test("nothing is nothing, and not below it", () => {
  assert.ok(Object.is(sumsAfter(meter, 0).earned, 0));
  assert.equal(sumsAfter(meter, -5).total, 0);
});

test("work takes the place of the top-up, and a tip comes on top", () => {
  const working = {
    ...meter,
    working: true,
    earned_millionths_per_second: 15866667,
    extra_minor: 500,
  };
  const sums = sumsAfter(working, 600);
  assert.deepEqual(sums, { earned: 9521, floor: 6667, topUp: 0, total: 10021 });
});

test("neither clock runs while it is stopped", () => {
  const stopped = { ...meter, counting: false, floor_millionths: 5_000_000_001 };
  assert.equal(sumsAfter(stopped, 1000).floor, 5000);
});

test("amounts are read as people write them, in the currency's decimals", () => {
  assert.equal(minorOf("1 234,5", "SEK"), 123450);
  assert.equal(minorOf("12.345", "KWD"), 12345);
  assert.equal(minorOf("12.345", "SEK"), null);
  assert.equal(minorOf("-3", "JPY"), -3);
  assert.equal(minorOf("ten", "SEK"), null);
});

test("exact amounts keep their fraction", () => {
  assert.match(exactly("9520/7", "SEK"), /13\.6/);
  assert.equal(length(3661), "1:01:01");
});
