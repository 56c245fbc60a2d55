/** What a store makes of answers that are cut off, garbled or made to hurt. */

import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { concatBytes, encodeText } from "../../../gist/git/objects/bytes.ts";
import { composeWrite } from "../../../gist/git/commit.ts";
import { LockConflictError, LockError, UnknownOutcomeError } from "../../../lock/mod.ts";
import {
  advertisement,
  type CannedAnswers,
  cannedCommit,
  CONTENT,
  entryHeader,
  GOOD,
  OK,
  packOf,
  storeOf,
  uploadAnswer,
  WRITE,
} from "./canned.ts";
import { seededRandom } from "../../support/seeded_random.ts";

function bytesOf(answer: Uint8Array | Response | undefined): Uint8Array {
  assert.ok(answer instanceof Uint8Array);
  return answer;
}

/** Nothing but the record, or an error of a lock. */
async function readOrRefuse(answers: CannedAnswers, label: string): Promise<boolean> {
  try {
    assert.equal((await storeOf(answers).read()).content, CONTENT, label);
    return true;
  } catch (error) {
    assert.ok(error instanceof LockError, `${label}: ${error}`);
    return false;
  }
}

Deno.test("GitStore.read() refuses a good answer that is cut off anywhere", async () => {
  assert.equal(await readOrRefuse(GOOD, "whole"), true);
  for (const part of ["refs", "upload"] as const) {
    const whole = bytesOf(GOOD[part]);
    for (let length = 0; length < whole.length; length++) {
      const label = `${part} cut at ${length}`;
      const cut = { ...GOOD, [part]: whole.subarray(0, length) };
      assert.equal(await readOrRefuse(cut, label), false, label);
    }
  }
});

Deno.test("GitStore.read() with bits flipped gives the record or an error, never another record", async () => {
  const random = seededRandom(7);
  let refused = 0;
  for (let round = 0; round < 1_500; round++) {
    const part = round % 3 === 0 ? "refs" : "upload";
    const flipped = bytesOf(GOOD[part]).slice();
    const at = Math.floor(random() * flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    const label = `round ${round}: ${part} flipped at ${at}`;
    if (!await readOrRefuse({ ...GOOD, [part]: flipped }, label)) refused++;
  }
  assert.ok(refused > 1_000, `only ${refused} were refused`);
});

Deno.test("GitStore.compareAndSwap() takes nothing but a whole report for a success", async () => {
  const outcome = async (receive: Uint8Array) => {
    const answers = { ...GOOD, receive };
    const store = storeOf(answers);
    const seen = await store.read();
    return await store.compareAndSwap("{}", seen).then(() => "ok", (error) => error);
  };
  assert.equal(await outcome(OK), "ok");
  for (let length = 0; length < OK.length; length++) {
    const error = await outcome(OK.subarray(0, length));
    assert.ok(error instanceof UnknownOutcomeError, `cut at ${length}: ${error}`);
  }
  for (let at = 0; at < OK.length; at++) {
    for (const bit of [1, 4, 32]) {
      const flipped = OK.slice();
      flipped[at] = (flipped[at] ?? 0) ^ bit;
      const error = await outcome(flipped);
      // Line breaks and the case of lengths mean nothing: "ok" is one where all the words are there.
      const isWhole = error === "ok" &&
        /unpack ok.*ok refs\/heads\/main/s.test(new TextDecoder().decode(flipped));
      assert.ok(isWhole || error instanceof UnknownOutcomeError, `flipped at ${at}: ${error}`);
    }
  }
});

Deno.test("GitStore.read() refuses what is made to hurt within its caps", async () => {
  const claim = (size: number, data: Uint8Array) =>
    packOf([concatBytes([entryHeader(3, size), deflateSync(data)])]);
  const packs: [string, Uint8Array, RegExp][] = [
    ["2 GB claimed", claim(2_000_000_000, encodeText("x")), /too large/],
    ["a bomb", claim(100, new Uint8Array(50_000_000)), /cannot be inflated to its size/],
    ["an honest bomb", claim(50_000_000, new Uint8Array(50_000_000)), /too large/],
    [
      "4 billion objects",
      packOf([], 0xffffffff),
      /at most 5000 objects, got version 2 and 4294967295 objects/,
    ],
    ["nothing that was asked for", packOf([]), /the commit .* is missing/],
  ];
  const { commitId } = WRITE;
  for (const [name, pack, message] of packs) {
    const answers = { refs: advertisement(commitId), upload: uploadAnswer(pack) };
    await assert.rejects(storeOf(answers).read(), { name: "LockUnavailableError", message }, name);
  }
  const endless = { ...GOOD, refs: new Response(new Uint8Array(5_000_000)) };
  await assert.rejects(storeOf(endless).read(), /at most 4194304 bytes long/);
});

Deno.test("GitStore.read() refuses a commit whose file is no file", async () => {
  for (const mode of ["40000", "160000", "120000"]) {
    const write = composeWrite({
      entries: [{ mode, name: "leader-election.json", id: "1".repeat(40) }],
      file: "other.txt",
      content: "x",
      time: 0,
      nonce: "n",
    });
    await assert.rejects(storeOf(cannedCommit(write)).read(), {
      name: "LockUnavailableError",
      message: new RegExp(`must be a file, got an entry of mode ${mode}`),
    });
  }
});

Deno.test("GitStore.compareAndSwap() over a snapshot of another store's fetches first, and conflicts if it is old", async () => {
  const store = storeOf({ ...GOOD, receive: OK });
  const { commitId } = WRITE;
  const seen = { content: CONTENT, version: commitId, head: commitId, isProven: true };
  assert.equal((await store.compareAndSwap("{}", seen)).content, "{}");
  const old = { content: "", version: "0".repeat(40), head: "0".repeat(40), isProven: true };
  await assert.rejects(storeOf(GOOD).compareAndSwap("{}", old), LockConflictError);
});
