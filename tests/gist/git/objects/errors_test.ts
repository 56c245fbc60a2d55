import assert from "node:assert/strict";
import { GitFormatError, orUnavailable } from "../../../../gist/git/objects/errors.ts";
import { LockUnavailableError } from "../../../../lock/mod.ts";

function failWith(error: Error): () => never {
  return () => {
    throw error;
  };
}

Deno.test("orUnavailable() turns what is not git's into an unavailable lock, and keeps the cause", () => {
  const cause = new GitFormatError("no pack");
  assert.throws(() => orUnavailable("NAME", failWith(cause)), (error: Error) => {
    assert.ok(error instanceof LockUnavailableError);
    assert.match(error.message, /NAME.*no pack$/);
    assert.equal(error.cause, cause);
    return true;
  });
  assert.equal(orUnavailable("NAME", () => 1), 1);
});

Deno.test("orUnavailable() passes a fault of this program on as it is", () => {
  const fault = new RangeError("a fault");
  assert.throws(() => orUnavailable("NAME", failWith(fault)), (error) => error === fault);
});

Deno.test("orUnavailable() cuts what the server said after 500 characters", () => {
  for (const [length, kept] of [[500, "x".repeat(500)], [501, `${"x".repeat(500)}…`]] as const) {
    const cause = new GitFormatError("x".repeat(length));
    assert.throws(() => orUnavailable("NAME", failWith(cause)), (error: Error) => {
      assert.equal(/x.*$/.exec(error.message)?.[0], kept);
      return true;
    });
  }
});
