import assert from "node:assert/strict";
import { RecentMap } from "../../store/recent_map.ts";

function keys(map: Pick<RecentMap<unknown>, "has">): string {
  return [..."abcdef"].filter((key) => map.has(key)).join("");
}

Deno.test("RecentMap drops the oldest of too many entries", () => {
  const map = new RecentMap<number | undefined>({ entries: 3 });
  for (const key of "abc") map.set(key, undefined);
  assert.equal(keys(map), "abc");
  // An entry that is set again becomes the newest.
  map.set("a", 1);
  map.set("d", 2);
  assert.equal(keys(map), "acd");
  assert.equal(map.get("a"), 1);
  assert.equal(map.get("b"), undefined);
});

Deno.test("RecentMap drops the oldest entries beyond the total weight and counts a replaced one once", () => {
  const map = new RecentMap<number>({ entries: 9, weight: 10, weigh: (value) => value });
  map.set("a", 4);
  map.set("b", 4);
  for (let time = 0; time < 5; time++) map.set("a", 4);
  assert.equal(keys(map), "ab");
  map.set("c", 4);
  assert.equal(keys(map), "ac");
  map.set("d", 11);
  assert.equal(keys(map), "");
  map.set("e", 10);
  assert.equal(keys(map), "e");
});
