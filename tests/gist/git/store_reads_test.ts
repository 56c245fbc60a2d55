/** How a store reads: what it asks for, how often, and what it makes of what is missing. */

import assert from "node:assert/strict";
import {
  encodeCommit,
  type GitObject,
  objectId,
  parseCommit,
} from "../../../gist/git/objects/objects.ts";
import { encodePack } from "../../../gist/git/objects/pack.ts";
import type { Write } from "../../../gist/git/commit.ts";
import { LockUnavailableError } from "../../../lock/mod.ts";
import {
  advertisement,
  type CannedAnswers,
  CONTENT,
  errorOf,
  FETCH,
  FILTER,
  GONE,
  GOOD,
  POLL,
  recorded,
  storeOf,
  uploadAnswer,
  WRITE,
  writeOf,
} from "./canned.ts";

/** A commit of the same files as another, made on top of it. */
function childOf(
  { commitId, objects }: Write,
): { commitId: string; objects: readonly GitObject[] } {
  const [first] = objects;
  const parent = parseCommit(first?.body ?? new Uint8Array());
  const body = encodeCommit({ ...parent, parents: [commitId] });
  return { commitId: objectId("commit", body), objects: [{ type: "commit", body }, ...objects] };
}

function without(type: string, write: Write): Write {
  return { ...write, objects: write.objects.filter((object) => object.type !== type) };
}

Deno.test("GitStore follows a head that moves four times, and then says what the last answer was", async () => {
  const { store, answers, paths } = recorded({ ...GOOD, upload: GONE }, ({ method }, count) => {
    if (method === "GET") answers.refs = advertisement(writeOf(`${count}`).commitId);
  });
  await assert.rejects(store.read(), {
    name: "LockUnavailableError",
    message: /about .*leader-election\.json.*"ERR upload-pack: not our ref"/,
  });
  assert.deepEqual(paths(), [POLL, FETCH, POLL, FETCH, POLL, FETCH, POLL, FETCH]);
});

Deno.test("GitStore does not ask again at once where the server, or the network, fails", async () => {
  for (const upload of [new Response("", { status: 500 }), undefined]) {
    const answers: CannedAnswers = upload ? { ...GOOD, upload } : { refs: GOOD.refs };
    const { store, paths } = recorded(answers);
    assert.ok(await errorOf(store.read()) instanceof LockUnavailableError);
    assert.deepEqual(paths(), [POLL, FETCH]);
  }
});

Deno.test("GitStore refuses an answer that left the record out, and asks for it again only if it may have been too large", async () => {
  const upload = uploadAnswer(encodePack(without("blob", WRITE).objects));
  const cases: [refs: Uint8Array, paths: string[]][] = [
    [advertisement(WRITE.commitId), [POLL, FETCH]],
    [advertisement(WRITE.commitId, FILTER), [POLL, FETCH, FETCH]],
  ];
  for (const [refs, expected] of cases) {
    const { store, paths } = recorded({ refs, upload });
    await assert.rejects(store.read(), {
      name: "LockUnavailableError",
      message: /omitted its content/,
    });
    assert.deepEqual(paths(), expected);
  }
});

Deno.test("GitStore names the gist where an answer lacks the commit that was asked for", async () => {
  const { store } = recorded({ ...GOOD, upload: uploadAnswer(encodePack([])) });
  const error = await errorOf(store.read());
  assert.match(error.message, /about gist .*leader-election\.json: the commit .* is missing/);
});

Deno.test("GitStore leaves large blobs out only where the server can", async () => {
  const filtering = advertisement(WRITE.commitId, FILTER);
  for (const [refs, filters] of [[GOOD.refs, false], [filtering, true]] as const) {
    const { store, bodies } = recorded({ ...GOOD, refs });
    assert.equal((await store.read()).content, CONTENT);
    const [body = "", ...others] = await bodies();
    assert.deepEqual([body.includes("filter"), others.length], [filters, 0]);
    assert.match(body, /deepen 1\n/);
  }
});

Deno.test("GitStore looks for a past of a missing file only where the commit has one, without its large blobs", async () => {
  const head = writeOf("a note", "notes.txt");
  const readOf = async ({ commitId, objects }: Pick<Write, "commitId" | "objects">) => {
    const refs = advertisement(commitId, FILTER);
    const { store, bodies } = recorded({ refs, upload: uploadAnswer(encodePack(objects)) });
    assert.equal((await store.read()).content, undefined);
    return await bodies();
  };
  assert.equal((await readOf(head)).length, 1);
  const bodies = await readOf(childOf(head));
  assert.equal(bodies.length, 2);
  assert.match(bodies[1] ?? "", /deepen 50\n.*filter blob:limit=65537\n/s);
});

Deno.test("GitStore accepts a gist with files of 16 MiB next to the record, and no more", async () => {
  for (const [size, isAccepted] of [[16_000_000, true], [17_000_000, false]] as const) {
    const large = { type: "blob", body: new Uint8Array(size) } as const;
    const upload = uploadAnswer(encodePack([...WRITE.objects, large]));
    const outcome = await storeOf({ ...GOOD, upload }).read().then(
      ({ content }) => content,
      (error) => error.message,
    );
    if (isAccepted) assert.equal(outcome, CONTENT);
    else assert.match(outcome, /too large/);
  }
});
