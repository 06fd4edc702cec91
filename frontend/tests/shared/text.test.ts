import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, pickLanguage } from "../../shared/i18n";
import { pieces, safeHref } from "../../shared/linkify";
import { dayLabel, fileSize, timeLabel, waitMinutes } from "../../shared/time";

test("the first wanted language that we speak is chosen", () => {
  assert.equal(pickLanguage(["de-AT", "en"]), "de");
  assert.equal(pickLanguage([null, "fi", "SV-fi", "en"]), "sv");
  assert.equal(pickLanguage(["fi"]), "en");
  assert.equal(pickLanguage([]), "en");
});

test("places are filled, and numbers choose their form", () => {
  assert.equal(fill("{name} is here", { name: "Sara" }, "en"), "Sara is here");
  assert.equal(fill("{n} minute|{n} minutes", { n: 1 }, "en"), "1 minute");
  assert.equal(fill("{n} minute|{n} minutes", { n: 0 }, "en"), "0 minutes");
  assert.equal(fill("{n} tecken", { n: 4000 }, "sv"), "4\u00a0000 tecken");
  assert.equal(fill("{unknown}", {}, "en"), "{unknown}");
  assert.equal(fill("{name}", { name: "{place}" }, "en"), "{place}");
});

test("addresses become links, and the sentence keeps its full stop", () => {
  assert.deepEqual(pieces("See https://a.example/x?y=1, or www.b.example."), [
    "See ",
    { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
    ", or ",
    { text: "www.b.example", href: "https://www.b.example" },
    ".",
  ]);
  assert.deepEqual(pieces("(https://a.example/b_(c))"), [
    "(",
    { text: "https://a.example/b_(c)", href: "https://a.example/b_(c)" },
    ")",
  ]);
  assert.deepEqual(pieces("me@a.example"), [{ text: "me@a.example", href: "mailto:me@a.example" }]);
});

test("nothing but the web and mail is ever a link", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "<b>x</b>", "file:///etc/passwd"]) {
    assert.deepEqual(pieces(text), [text]);
  }
  assert.equal(safeHref("javascript:alert(1)"), false);
  assert.equal(safeHref(" javascript:alert(1)"), false);
  assert.equal(safeHref("vbscript:x"), false);
  assert.equal(safeHref("https://a.example"), true);
  assert.equal(safeHref("/help/late"), true);
});

test("times are relative under an hour, else the clock", () => {
  const now = Date.parse("2026-03-12T12:00:00");
  assert.equal(timeLabel("2026-03-12T11:55:00", now, "en"), "5 minutes ago");
  assert.equal(timeLabel("2026-03-12T12:03:00", now, "en"), "now");
  assert.equal(timeLabel("2026-03-12T09:05:00", now, "sv"), "09:05");
  assert.match(timeLabel("2026-03-10T09:05:00", now, "en-GB"), /10 Mar.* 09:05/);
});

test("days have names", () => {
  const now = Date.parse("2026-03-12T00:30:00");
  assert.equal(dayLabel("2026-03-12T00:01:00", now, "en"), "Today");
  assert.equal(dayLabel("2026-03-11T23:59:00", now, "sv"), "I går");
  assert.equal(dayLabel("2026-03-02T12:00:00", now, "de"), "Montag, 2. März");
  assert.match(dayLabel("2025-03-02T12:00:00", now, "en"), /2025/);
});

test("a wait is rounded outwards", () => {
  assert.deepEqual(waitMinutes({ low_seconds: 100, high_seconds: 230 }), { low: 1, high: 4 });
  assert.deepEqual(waitMinutes({ low_seconds: 0, high_seconds: 20 }), { low: 0, high: 1 });
  assert.deepEqual(waitMinutes({ low_seconds: 300, high_seconds: 120 }), { low: 5, high: 5 });
});

test("sizes are readable", () => {
  assert.equal(fileSize(340_000, "en"), "340 kB");
  assert.equal(fileSize(2_400_000, "sv"), "2,4 MB");
  assert.equal(fileSize(10, "en"), "1 kB");
});
