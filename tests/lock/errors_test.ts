import assert from "node:assert/strict";
import {
  InvalidRecordError,
  LockAccessError,
  LockConflictError,
  LockDeletedError,
  LockError,
  LockUnavailableError,
  ProtocolMismatchError,
  RateLimitError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";

const cause = new Error("the reason");
const ERRORS: readonly (readonly [LockError, string, string])[] = [
  [new InvalidRecordError("m", { cause }), "InvalidRecordError", "ERR_LOCK_INVALID_RECORD"],
  [new LockAccessError("m", 404, { cause }), "LockAccessError", "ERR_LOCK_ACCESS"],
  [new LockConflictError("m", { cause }), "LockConflictError", "ERR_LOCK_CONFLICT"],
  [new LockDeletedError("m", { cause }), "LockDeletedError", "ERR_LOCK_DELETED"],
  [new LockUnavailableError("m", { cause }), "LockUnavailableError", "ERR_LOCK_UNAVAILABLE"],
  [
    new ProtocolMismatchError("m", { cause }),
    "ProtocolMismatchError",
    "ERR_LOCK_PROTOCOL_MISMATCH",
  ],
  [new RateLimitError("m", 5, { cause }), "RateLimitError", "ERR_LOCK_RATE_LIMIT"],
  [new UnknownOutcomeError("m", { cause }), "UnknownOutcomeError", "ERR_LOCK_UNKNOWN_OUTCOME"],
  [new UnsafeStoreError("m", { cause }), "UnsafeStoreError", "ERR_LOCK_UNSAFE_STORE"],
];

for (const [error, name, code] of ERRORS) {
  Deno.test(`${name} has its name, its code, its message and its cause`, () => {
    assert.ok(error instanceof LockError);
    assert.equal(error.name, name);
    assert.equal(error.code, code);
    assert.equal(error.message, "m");
    assert.equal(error.cause, cause);
    assert.match(Deno.inspect(error), new RegExp(name));
  });
}

Deno.test("RateLimitError says when, LockAccessError with which status", () => {
  assert.equal(new RateLimitError("m", 123.5).retryAt, 123.5);
  assert.equal(new LockAccessError("m", 403).status, 403);
  assert.equal(new LockAccessError("m").status, undefined);
});

Deno.test("InvalidRecordError keeps the version and the token that could still be read", () => {
  const error = new InvalidRecordError("m", { version: "v", tokenFloor: 0 });
  assert.equal(error.version, "v");
  assert.equal(error.tokenFloor, 0);
  assert.equal(new InvalidRecordError("m").version, undefined);
});
