import assert from "node:assert/strict";
import { playStorm } from "../proof/chaos/storm.ts";
import { STORES } from "../support/local_stores.ts";

// The commands' clock, and who is alive, are asked as Linux has it.
const ignore = Deno.build.os !== "linux";

for (const store of STORES) {
  Deno.test({
    name:
      `elector run by ${store} never has two commands, loses no process and finds a new leader, whatever is killed`,
    ignore,
    fn: async () => {
      const { broken, strikes, terms } = await playStorm({
        seed: 2,
        store,
        candidates: 3,
        terms: Infinity,
        strikes: 4,
      });
      assert.deepEqual(broken, []);
      assert.equal(strikes.length, 4);
      assert.ok(terms >= 2, `${terms} terms`);
    },
  });
}

Deno.test({
  name: "elector run keeps its promises in a hostile outside, too",
  ignore,
  fn: async () => {
    const { broken, strikes } = await playStorm({
      seed: 5,
      store: "git",
      candidates: 3,
      terms: Infinity,
      strikes: 6,
      isHostile: true,
    });
    assert.deepEqual(broken, []);
    assert.equal(strikes.length, 6);
  },
});
