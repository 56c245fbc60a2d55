import assert from "node:assert/strict";
import type { Dialect } from "../../bucket/address.ts";
import { type Fault, faults } from "../../bucket/server/mod.ts";
import {
  type CallOptions,
  LockAccessError,
  LockConflictError,
  LockDeletedError,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { isLock, LocalBucketWorld, recordText, testOver } from "./bucket_world.ts";

const FIRST = recordText("first", 1);

const MINE = recordText("a", 2);

/** A store that has passed its probe and read the first record, and nothing counted yet. */
const test = testOver("BucketStore", async (dialect) => {
  const world = new LocalBucketWorld(dialect, FIRST);
  const store = await world.probedStore();
  const seen = await store.read();
  world.server.resetCounts();
  const write = (text = MINE, over = seen, options: CallOptions = {}) =>
    store.compareAndSwap(text, over, options);
  return { world, server: world.server, store, seen, write };
});

test("renews by one PUT, and polls by one GET that is answered 304", async (parts) => {
  const { server, store, write } = parts;
  const written = await write();
  await store.read();
  assert.deepEqual(await store.read(), written);
  const { reads, writes, statuses } = server.counts;
  assert.deepEqual([writes, reads, statuses[304]], [1, 2, 2]);
  assert.equal(written.head, written.version);
  assert.equal(written.isProven, true);
});

test("takes a write for its own that was applied, then sent again and refused", async (parts) => {
  const { world, server, write } = parts;
  server.inject(faults.appliedTwice(), { kind: "write" });
  const written = await write();
  assert.equal(written.content, MINE);
  assert.equal(written.version, server.object(world.url)?.version);
  assert.equal(server.counts.reads, 1);
});

/** What another candidate writes onto a write before that one's own answer; and whether the write is still in effect. */
const ON_TOP = [
  ["a request for a handover", recordText("a", 2, { preferredHolder: "b" }), true],
  ["a write of another session", recordText("a", 2, { session: "other" }), false],
  ["a later write of its session", recordText("a", 2, { sequence: 2 }), false],
  ["a write with another token", recordText("a", 3), false],
  ["a write of another holder", recordText("b", 2, { session: "a" }), false],
  ["a record without a session", '{"holderIdentity":"a","leaderTransitions":2}', false],
  ["what is not a record", "gone fishing", false],
] as const;

for (const [what, text, isInEffect] of ON_TOP) {
  test(`${isInEffect ? "finds" : "does not find"} its write under ${what}`, async (parts) => {
    const { world, server, write } = parts;
    server.inject(async (_request, proceed) => {
      await proceed();
      world.edit(text);
      return await proceed();
    }, { kind: "write" });
    if (!isInEffect) return await assert.rejects(write(), LockConflictError);
    const written = await write();
    assert.equal(written.content, text);
    assert.equal(written.version, server.object(world.url)?.version);
    await write(recordText("a", 2, { sequence: 2 }), written);
  });
}

/** What is found after one's own request for `b` on a write, of which no answer came; and whether it was in effect. */
const REQUEST = { preferredHolder: "b", requestedBy: "mine" };
const AFTER_REQUEST = [
  ["itself", recordText("a", 2, REQUEST), true],
  ["another's for another candidate", requestText("c", "other"), false],
  ["another's for the same candidate", requestText("b", "other"), false],
  ["one's own for another candidate", requestText("c", "mine"), false],
  ["a later write", recordText("a", 2, { preferredHolder: "b", sequence: 2 }), false],
] as const;

function requestText(preferredHolder: string, requestedBy: string): string {
  return recordText("a", 2, { preferredHolder, requestedBy });
}

for (const [what, text, isInEffect] of AFTER_REQUEST) {
  const does = isInEffect ? "finds" : "does not find";
  test(`${does} its request for a handover where it reads ${what}`, async (parts) => {
    const { world, server, write } = parts;
    const held = await write();
    server.inject(async (request, proceed, clock) => {
      await proceed();
      world.edit(text);
      return await faults.storeError(500)(request, proceed, clock);
    }, { kind: "write" });
    const request = write(recordText("a", 2, REQUEST), held);
    if (!isInEffect) return await assert.rejects(request, LockConflictError);
    assert.equal((await request).content, text);
  });
}

test("does not take the write below for its request for a handover", async (parts) => {
  const { server, write } = parts;
  const held = await write();
  server.inject(faults.storeError(500), { kind: "write" });
  await assert.rejects(write(recordText("a", 2, REQUEST), held), UnknownOutcomeError);
});

/** Answers that say nothing of whether the write was made, by what they say. */
const UNCLEAR: readonly [what: string, fault: (options: { applied: boolean }) => Fault][] = [
  ["500", (options) => faults.storeError(500, "InternalError", options)],
  ["502", (options) => faults.storeError(502, "BadGateway", options)],
  ["409", (options) => faults.conflict(options)],
  ["408", (options) => faults.storeError(408, "Timeout", options)],
  ["400 RequestTimeout", (options) => faults.storeError(400, "RequestTimeout", options)],
  ["a page with an ETag", (options) => success(200, options, { body: "<!DOCTYPE html>" })],
  ["202", (options) => success(202, options)],
  ["the version that was to be replaced", (options) => success(200, options, { isSame: true })],
];

/** A success that no store sends for a write, but a proxy or a sign-in page may. */
function success(
  status: number,
  { applied }: { applied: boolean },
  { body = "", isSame = false }: { body?: string; isSame?: boolean } = {},
): Fault {
  return async ({ headers }, proceed) => {
    if (applied) await proceed();
    const replaced = headers.get("if-match") ?? headers.get("x-goog-if-generation-match") ?? "";
    const [etag, generation] = isSame ? [replaced, replaced] : ['"page"', "99"];
    return new Response(body, { status, headers: { etag, "x-goog-generation": generation } });
  };
}

for (const [what, fault] of UNCLEAR) {
  test(`reads after ${what}, and finds its write`, async ({ world, server, write }) => {
    server.inject(fault({ applied: true }), { kind: "write" });
    const written = await write();
    assert.equal(written.content, world.content());
    assert.equal(server.counts.writes, 1);
    assert.equal(server.counts.reads, 1);
  });

  test(`does not know what came of a write after ${what} if nothing has changed`, async (parts) => {
    const { world, server, write } = parts;
    server.inject(fault({ applied: false }), { kind: "write" });
    await assert.rejects(write(), UnknownOutcomeError);
    // It is never sent again.
    assert.equal(server.counts.writes, 0);
    assert.equal(world.content(), FIRST);
  });

  test(`knows after ${what} that it has lost if the object moved on`, async ({ world, write }) => {
    world.server.inject((request, proceed, clock) => {
      world.edit(recordText("b", 2));
      return fault({ applied: false })(request, proceed, clock);
    }, { kind: "write" });
    await assert.rejects(write(), LockConflictError);
  });
}

test("takes a refusal by 500 for a conflict, as with Ceph", async (parts) => {
  const { world, server, write } = parts;
  world.edit(recordText("b", 2));
  server.inject(faults.refusedAs500(), { kind: "write" });
  await assert.rejects(write(), LockConflictError);
}, ["s3"]);

test("does not know what came of a write if the read after it fails", async (parts) => {
  const { server, store, write } = parts;
  for (const first of [faults.appliedTwice(), faults.storeError(500)]) {
    server.inject(first, { kind: "write" });
    server.inject(faults.storeError(500), { kind: "read" });
    await assert.rejects(write(), UnknownOutcomeError);
  }
  assert.equal((await store.read()).content, MINE);
});

test("does not know what came of a write without an answer, and asks nothing", async (parts) => {
  const { world, server, store, write } = parts;
  server.inject(faults.answerLost(), { kind: "write" });
  await assert.rejects(write(), UnknownOutcomeError);
  server.inject(faults.hanging({ applied: true }), { kind: "write" });
  const hanging = write(recordText("b", 2), await store.read());
  hanging.catch(() => {});
  await world.clock.advance(3_000);
  await assert.rejects(hanging, UnknownOutcomeError);
  assert.equal(server.counts.reads, 1);
  assert.equal((await store.read()).content, recordText("b", 2));
});

test("takes a proxy's answer to a write for no answer", async ({ world, write }) => {
  world.server.inject(faults.htmlAnswer(200), { kind: "write" });
  await assert.rejects(write(), UnknownOutcomeError);
  assert.equal(world.content(), FIRST);
});

test("never creates an object, and says how to", async ({ world, store }) => {
  const other = new LocalBucketWorld(world.dialect);
  const fresh = other.freshStore();
  const absent = await fresh.read();
  assert.equal(absent.content, undefined);
  await assert.rejects(fresh.compareAndSwap(recordText("a", 1), absent), {
    name: "LockAccessError",
    message: /there is no object, .* `elector init`$/,
  });
  assert.equal(other.server.counts.writes, 0);
  // Nor one that it has seen.
  world.edit(null);
  await assert.rejects(store.read(), LockDeletedError);
  assert.equal(world.content(), undefined);
});

test("ends at an object that was deleted, and names the last token", async (parts) => {
  const { world, store, write } = parts;
  const written = await write(recordText("a", 7));
  world.edit(null);
  const isDeleted = { name: "LockDeletedError", message: /`elector init --token 7`/ };
  await assert.rejects(write(recordText("a", 7, { sequence: 2 }), written), isDeleted);
  await assert.rejects(store.read(), isDeleted);
  assert.equal(world.content(), undefined);
  // A process that has seen nothing cannot know.
  assert.equal((await world.freshStore().read()).content, undefined);
  world.edit(recordText("init", 9));
  assert.equal((await store.read()).content, recordText("init", 9));
});

test("waits as long as a 429 asks for, or a second, and has written nothing", async (parts) => {
  const { world, server, write } = parts;
  const now = world.clock.monotonic();
  for (const [headers, retryAt] of [[{}, 1_000], [{ "retry-after": "5" }, 6_000]] as const) {
    server.inject(faults.storeError(429, "SlowDown", { headers }), { kind: "write" });
    await assert.rejects(write(), { name: "RateLimitError", retryAt: now + retryAt });
    await assert.rejects(write(), RateLimitError);
    await world.clock.advance(retryAt - (world.clock.monotonic() - now));
  }
  assert.equal(server.counts.writes, 0);
  await write();
});

test("does not know what came of a write after 503, and says when to ask", async (parts) => {
  const { world, server, store, write } = parts;
  const now = world.clock.monotonic();
  server.inject(faults.slowDown({ applied: true }), { kind: "write" });
  await assert.rejects(write(), { name: "UnknownOutcomeError", retryAt: now + 1_000 });
  await world.clock.advance(1_000);
  assert.equal((await store.read()).content, MINE);
  const headers = { "retry-after": "4" };
  server.inject(faults.slowDown({ headers }), { kind: "read" });
  await assert.rejects(store.read(), { name: "LockUnavailableError", retryAt: now + 5_000 });
});

for (const status of [202, 204, 206]) {
  test(`takes a read with status ${status} for no answer`, async ({ world, store, seen }) => {
    world.server.inject(async (_request, proceed) => {
      const { headers } = await proceed();
      return new Response(status === 204 ? null : '{"holderIdentity":""', { status, headers });
    }, { kind: "read" });
    world.edit(recordText("b", 2));
    await assert.rejects(store.read(), LockUnavailableError);
    assert.notDeepEqual(await store.read(), seen);
  });
}

test("refuses weak ETags", async ({ world, server, store, write }) => {
  world.edit(recordText("b", 2));
  server.quirks = { weakEtags: true };
  await assert.rejects(store.read(), {
    name: "LockUnavailableError",
    message: /etag is missing, weak or unreadable/,
  });
  // A write was made under a name that is not known.
  await assert.rejects(write(), UnknownOutcomeError);
}, ["s3", "azure"]);

test("writes objects that no cache keeps", async ({ world, server, write }) => {
  await write();
  assert.deepEqual(server.object(world.url)?.headers, {
    "content-type": "application/json",
    "cache-control": "no-store",
  });
}, ["gcs"]);

test("reads another generation of the same text as another version", async (parts) => {
  const { world, store, seen, write } = parts;
  world.edit(FIRST);
  await assert.rejects(write(), LockConflictError);
  const again = await store.read();
  assert.equal(again.content, FIRST);
  assert.notEqual(again.version, seen.version);
  await write(MINE, again);
}, ["gcs"]);

test("does not read more than it can use", async ({ server, store }) => {
  server.inject(faults.giantAnswer(100_000_000), { kind: "read" });
  await assert.rejects(store.read(), LockUnavailableError);
});

test("takes a page that says 404 for no object's absence", async ({ server, store }) => {
  server.inject(faults.htmlAnswer(404), { kind: "read" });
  await assert.rejects(store.read(), LockUnavailableError);
  server.inject(() => Promise.resolve(new Response(null, { status: 404 })), { kind: "read" });
  await assert.rejects(store.read(), LockDeletedError);
});

/** Refusals that time does not help, each with what the error must say. */
const DENIED: readonly [dialect: Dialect, status: number, code: string, says: RegExp][] = [
  ["s3", 403, "AccessDenied", /s3:GetObject and s3:PutObject on KEY and KEY\.probe, and s3:ListB/],
  ["s3", 404, "NoSuchBucket", /there is no such bucket/],
  ["s3", 403, "InvalidObjectState", /the object is archived/],
  ["s3", 400, "AuthorizationHeaderMalformed", /the region may be wrong: set region or AWS_REGION/],
  ["s3", 400, "ExpiredToken", /the credentials are wrong, expired or revoked/],
  ["gcs", 403, "AccessDenied", /roles\/storage\.objectUser/],
  ["gcs", 401, "AuthenticationRequired", /the credentials are wrong, expired or revoked/],
  ["gcs", 403, "RetentionPolicyNotMet", /exempt it from retention and holds/],
  ["azure", 403, "AuthorizationPermissionMismatch", /Storage Blob Data Contributor, or .* rcw/],
  ["azure", 404, "ContainerNotFound", /there is no such bucket/],
  ["azure", 409, "BlobImmutableDueToPolicy", /exempt it from retention and holds/],
  ["azure", 409, "BlobArchived", /the object is archived/],
  ["azure", 412, "LeaseIdMissing", /the blob is under an Azure lease/],
];

for (const [dialect, status, code, says] of DENIED) {
  test(`takes ${status} ${code} for a refusal that time does not help`, async (parts) => {
    const { server, store, write } = parts;
    for (const kind of ["read", "write"] as const) {
      const fault = faults.storeError(status, code, {
        headers: dialect === "azure" ? { "x-ms-error-code": code } : {},
      });
      server.inject(fault, { kind });
      const call = kind === "read" ? store.read() : write();
      const error = await call.catch((error) => error);
      assert.ok(error instanceof LockAccessError && error.status === status, String(error));
      assert.match(error.message, says);
      assert.ok(error.message.includes(`status ${status} ${code}`), error.message);
    }
    assert.equal(server.counts.writes, 0);
  }, [dialect]);
}

test("is refused by a blob under a lease", async ({ world, server, store, write }) => {
  server.lease(world.url);
  await assert.rejects(write(), LockAccessError);
  assert.equal((await store.read()).content, FIRST);
}, ["azure"]);

test("names the region of a bucket that is somewhere else", async ({ server, store }) => {
  const headers = { "x-amz-bucket-region": "eu-west-1", location: "https://elsewhere.example/" };
  const redirect = () => Promise.resolve(new Response("moved", { status: 301, headers }));
  server.inject(redirect, { kind: "read" });
  await assert.rejects(store.read(), {
    name: "LockAccessError",
    message: /the bucket is in the region "eu-west-1"; set region, or AWS_REGION/,
  });
}, ["s3"]);

test(
  "takes 403 for a missing key without the permission to list for a refusal",
  async ({ world }) => {
    const other = new LocalBucketWorld(world.dialect, undefined, {
      quirks: { hidesMissing: true },
    });
    await assert.rejects(other.freshStore().read(), {
      name: "LockAccessError",
      message: /without which a missing object looks like a forbidden one/,
    });
  },
  ["s3", "gcs"],
);

test("says so if the store has come to know no conditions", async ({ world, server, write }) => {
  server.quirks = { knowsNoConditions: true };
  await assert.rejects(write(), UnsafeStoreError);
  assert.equal(world.content(), FIRST);
}, ["s3"]);

test("does not take the 501 of a proxy for a store that knows no conditions", async (parts) => {
  const { server, write } = parts;
  for (const code of ["InternalError", ""]) {
    server.inject(faults.storeError(501, code), { kind: "write", when: isLock });
    await assert.rejects(write(), UnknownOutcomeError);
  }
  server.inject(faults.storeError(501, "NotImplemented"), { kind: "write", when: isLock });
  await assert.rejects(write(), UnsafeStoreError);
});

test("makes no unconditional write through a proxy that strips conditions", async (parts) => {
  const { world, server, store, write } = parts;
  world.edit(recordText("b", 2));
  for (const name of ["if-match", "if-none-match"]) {
    server.inject(async (request, proceed) => {
      request.headers.delete(name);
      return await proceed();
    }, { kind: "write" });
    await assert.rejects(name === "if-match" ? write() : store.create(MINE), LockAccessError);
    assert.equal(world.content(), recordText("b", 2));
  }
}, ["s3", "azure"]);

test("rejects with the signal's reason, and sends nothing if that has aborted", async (parts) => {
  const { world, server, store, seen } = parts;
  const signal = AbortSignal.abort("given up");
  const isGivenUp = (reason: unknown) => reason === "given up";
  const fresh = world.freshStore();
  for (
    const call of [
      () => store.read({ signal }),
      () => store.compareAndSwap(MINE, seen, { signal }),
      () => store.create(MINE, { signal }),
      () => fresh.compareAndSwap(MINE, seen, { signal }),
      () => fresh.checkAccess({ signal }),
      () => fresh.race({ signal }),
    ]
  ) await assert.rejects(call(), isGivenUp);
  assert.deepEqual(server.counts.statuses, {});
});

test("gives up a request under way", async ({ world, server, write }) => {
  const giveUp = new AbortController();
  server.inject(faults.hanging({ applied: true }), { kind: "write", when: isLock });
  const written = write(MINE, undefined, { signal: giveUp.signal });
  written.catch(() => {});
  await world.clock.advance(10);
  giveUp.abort("given up");
  await assert.rejects(written, (reason) => reason === "given up");
  assert.equal(world.content(), MINE);
});

test("takes a refusal that names a resource like a limit for a refusal", async (parts) => {
  const { server, store, write } = parts;
  const message =
    "User is not authorized to perform: s3:PutObject on arn:aws:s3:::rate-limits/lock";
  const body = `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
  for (const kind of ["read", "write"] as const) {
    server.inject(() => Promise.resolve(new Response(body, { status: 403 })), { kind });
    const call = kind === "read" ? store.read() : write();
    await assert.rejects(call, LockAccessError);
  }
});
