import assert from "node:assert/strict";
import { test } from "node:test";

import { heard } from "../../shared/bridge";
import { allowedOrigins } from "../../widget/origins";

const site = { name: "the site's window" };
const stranger = { name: "another window" };
const origins = ["https://desk.example", "https://shop.example"];
const event = (changes: object) => ({
  origin: "https://shop.example",
  source: site,
  data: { alltid: { type: "identify", jwt: "x" } },
  ...changes,
});

test("a message from the right window at a right origin is heard", () => {
  assert.deepEqual(heard(event({}), site, origins), { type: "identify", jwt: "x" });
});

test("any other origin is not, however alike", () => {
  for (const origin of [
    "https://shop.example.evil.example",
    "http://shop.example",
    "https://shop.example:444",
    "https://SHOP.example",
    "null",
    "",
  ]) {
    assert.equal(heard(event({ origin }), site, origins), null, origin);
  }
});

test("the right origin in another window is not", () => {
  assert.equal(heard(event({ source: stranger }), site, origins), null);
  assert.equal(heard(event({ source: null }), null, origins), null);
  assert.equal(heard(event({ source: undefined }), undefined, origins), null);
});

test("what is not ours is passed over", () => {
  for (const data of [null, undefined, 7, "identify", {}, { type: "identify" }, { alltid: {} }]) {
    assert.equal(heard(event({ data }), site, origins), null);
  }
});

test("the server names the sites; a wildcard, a path or a placeholder allows nobody", () => {
  assert.deepEqual(
    allowedOrigins("https://a.example http://b.example:8080,\n https://c.example", "https://own"),
    ["https://own", "https://a.example", "http://b.example:8080", "https://c.example"],
  );
  for (const content of ["", "*", "https://*", "null", "https://a.example/path", "__ALLTID_ORIGINS__"]) {
    assert.deepEqual(allowedOrigins(content, "https://own"), ["https://own"], content);
  }
});
