import assert from "node:assert/strict";
import { quoteServer } from "../../gist/access.ts";
import { checkOptions } from "../../store/http/base_url.ts";
import { readGist } from "../../gist/rest/response.ts";
import { LockUnavailableError } from "../../lock/mod.ts";

Deno.test("quoteServer() quotes a sentence, and nothing that is not one", () => {
  assert.equal(quoteServer({ message: " Suspended. " }, []), ', "Suspended."');
  for (const message of [undefined, null, 42, ["a"], { a: 1 }]) {
    assert.equal(quoteServer({ message }, ["secret"]), "");
  }
  for (const value of [undefined, null, "message", 42, [], {}]) {
    assert.equal(quoteServer(value, ["secret"]), "");
  }
});

Deno.test("checkOptions() refuses whatever is not an object", () => {
  for (const options of [undefined, null, "id", 42, true]) {
    assert.throws(() => checkOptions(options, "id and token"), {
      name: "TypeError",
      message: "No options: pass an object with id and token",
    });
  }
  checkOptions({}, "id and token");
});

Deno.test("readGist() takes no text and no object for an empty history", () => {
  for (const history of ["", { length: 0 }, 0, false]) {
    assert.throws(() => readGist({ files: {}, history }, "f"), LockUnavailableError);
  }
});
