/** Which error each answer becomes. */

import assert from "node:assert/strict";
import { encodeText } from "../../../gist/git/objects/bytes.ts";
import {
  FakeClock,
  LockAccessError,
  LockConflictError,
  LockUnavailableError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { nextTurn } from "../../../lock/system.ts";
import {
  advertisement,
  canned,
  type CannedAnswers,
  cannedCommit,
  errorOf,
  FETCH,
  GOOD,
  NG,
  OK,
  POLL,
  PUSH,
  pushAnswer,
  recorded,
  storeOf,
  WRITE,
  writeOf,
} from "./canned.ts";

Deno.test("GitStore does not know the outcome of a write that got no report", async () => {
  const answers: [string, Response | Uint8Array | undefined][] = [
    ["a lost connection", undefined],
    ["status 500", new Response(OK, { status: 500 })],
    ["a redirect", Response.redirect("https://elsewhere.example/", 301)],
    ["a page", new Response("<html>", { headers: { "content-type": "text/html; x" } })],
    ["garbage", encodeText("unpack ok")],
  ];
  for (const [name, receive] of answers) {
    const { store, paths } = recorded({ ...GOOD, ...(receive && { receive }) });
    const error = await errorOf(store.compareAndSwap("{}", await store.read()));
    assert.ok(error instanceof UnknownOutcomeError, `${name}: ${error}`);
    assert.deepEqual(paths(), [POLL, FETCH, PUSH], name);
  }
});

Deno.test("GitStore resolves a refused push by what is there now", async () => {
  const cases: [string, (mine: string, answers: CannedAnswers) => void, unknown][] = [
    ["mine", (mine, answers) => answers.refs = advertisement(mine), "ok"],
    [
      "another's, after the same head",
      (_, answers) => Object.assign(answers, cannedCommit(writeOf(`{"base":"${WRITE.commitId}"}`))),
      LockConflictError,
    ],
    [
      "another's, after who knows what",
      (_, answers) => Object.assign(answers, cannedCommit(writeOf("b"))),
      UnknownOutcomeError,
    ],
    ["as before", () => {}, UnknownOutcomeError],
    ["unreadable", (_, answers) => answers.refs = encodeText("x"), UnknownOutcomeError],
  ];
  for (const [name, change, expected] of cases) {
    const { store, answers } = recorded({ ...GOOD, receive: NG }, async (request) => {
      if (!request.url.endsWith("git-receive-pack")) return;
      change((await request.text()).slice(45, 85), answers);
    });
    const seen = await store.read();
    const outcome = await store.compareAndSwap("{}", seen).then(() => "ok", (error) => error);
    if (expected === "ok") assert.equal(outcome, "ok", name);
    else assert.ok(outcome instanceof (expected as typeof Error), `${name}: ${outcome}`);
  }
});

Deno.test("GitStore rejects with the caller's reason where a refused push is still being looked into", async () => {
  const hang = Promise.withResolvers<Response>();
  let isPushed = false;
  const store = storeOf(GOOD, {
    fetch: (request) => {
      if (isPushed) return hang.promise;
      isPushed = request.url.endsWith("git-receive-pack");
      return canned({ ...GOOD, receive: NG })(request);
    },
  });
  const controller = new AbortController();
  const seen = await store.read();
  const error = errorOf(store.compareAndSwap("{}", seen, { signal: controller.signal }));
  await nextTurn();
  assert.equal(isPushed, true);
  await nextTurn();
  controller.abort(new Error("stop"));
  assert.equal((await error).message, "stop");
});

Deno.test("GitStore does not take a stale answer for another's win", async () => {
  const { store, answers } = recorded({ ...GOOD, receive: OK });
  const first = await store.read();
  const second = await store.compareAndSwap("{1}", first);
  answers.receive = NG; // and the refs still say `first`
  await assert.rejects(store.compareAndSwap("{2}", second), UnknownOutcomeError);
});

Deno.test("GitStore passes a hook's words on, escaped, and says that nothing was written", async () => {
  const receive = pushAnswer(
    ["unpack ok", "ng refs/heads/main pre-receive hook declined"],
    "remote: No \x1b[31mfolders\x1b[0m here.\n",
  );
  const { store } = recorded({ ...GOOD, receive });
  const error = await errorOf(store.compareAndSwap("{}", await store.read()));
  assert.ok(error instanceof LockAccessError);
  assert.match(error.message, /a hook of the repository declined the push/);
  assert.match(error.message, /"pre-receive hook declined", and "remote: No \\u\{1b\}\[31mfolders/);
});

Deno.test("GitStore gives a hanging request up after its time-out, and says what is known", async () => {
  const clock = new FakeClock();
  const answers: CannedAnswers = { ...GOOD };
  const hang = Promise.withResolvers<Response>();
  let isHanging = false;
  const store = storeOf(answers, {
    clock,
    requestTimeout: 5_000,
    fetch: (request) => isHanging ? hang.promise : canned(answers)(request),
  });
  const seen = await store.read();
  isHanging = true;
  for (
    const [call, expected] of [
      [() => store.read(), LockUnavailableError],
      [() => store.compareAndSwap("{}", seen), UnknownOutcomeError],
    ] as const
  ) {
    const errors: Error[] = [];
    call().catch((reason) => errors.push(reason));
    await clock.advance(4_999);
    assert.equal(errors.length, 0);
    await clock.advance(1);
    await nextTurn();
    assert.equal(errors[0]?.constructor, expected);
  }
  const controller = new AbortController();
  const given = errorOf(store.compareAndSwap("{}", seen, { signal: controller.signal }));
  controller.abort(new Error("stop"));
  assert.equal((await given).message, "stop");
});
