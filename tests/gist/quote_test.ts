import assert from "node:assert/strict";
import { quoteServer } from "../../gist/access.ts";
import { GistLock } from "../../gist/mod.ts";

Deno.test("quoteServer() quotes a sentence, and nothing that is not one", () => {
  assert.equal(quoteServer({ message: " Suspended. " }, []), "Suspended.");
  for (const message of [undefined, null, 42, ["a"], { a: 1 }]) {
    assert.equal(quoteServer({ message }, ["secret"]), "");
  }
  for (const value of [undefined, null, "message", 42, [], {}]) {
    assert.equal(quoteServer(value, ["secret"]), "");
  }
});

Deno.test("GistLock.describe() names the protocol, also the one that it takes by itself", () => {
  const lock = new GistLock({ id: "deadbeef", token: "a-token", identity: "a" });
  assert.match(lock.describe(), / by git$/);
});
