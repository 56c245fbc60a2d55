/** Real git's client and this store read what the other wrote. */

import assert from "node:assert/strict";
import { LockUnavailableError } from "../../lock/mod.ts";
import type { HttpBackend } from "../support/http_backend.ts";
import { FILE, GIST, gitTest, recordOf, storeAt } from "../support/real_git.ts";

const RECORD = recordOf("a", 1);

/** Real git's client, in a clone of its own. */
async function clone(backend: HttpBackend, folder: string): Promise<string> {
  const target = `${backend.root}/clone`;
  await backend.git(["clone", "--quiet", folder, target]);
  return target;
}

/** A store, and how long each answer to it was, in bytes. */
function measured(backend: HttpBackend) {
  const answers: number[] = [];
  const store = storeAt(backend, async (request) => {
    const response = await backend.fetch(request);
    const body = await response.bytes();
    answers.push(body.length);
    return new Response(body, response);
  });
  return { store, answers };
}

gitTest("git clone, over HTTP, reads what the store wrote", async (backend) => {
  const folder = await backend.addRepository(GIST, [
    { files: { [FILE]: "{}", "notes.md": "A note.\n", "ü.txt": "x" } },
  ]);
  const store = storeAt(backend);
  const written = await store.compareAndSwap(RECORD, await store.read());
  await using server = backend.serve();
  const target = `${backend.root}/clone`;
  const url = `http://127.0.0.1:${server.addr.port}/${GIST}.git`;
  await backend.git(["clone", "--quiet", url, target]);
  assert.equal(await Deno.readTextFile(`${target}/${FILE}`), RECORD);
  assert.equal(await Deno.readTextFile(`${target}/notes.md`), "A note.\n");
  assert.equal(await Deno.readTextFile(`${target}/ü.txt`), "x");
  assert.equal(await backend.git(["rev-list", "--all"], { folder: target }), written.head);
  await backend.git(["fsck", "--strict", "--no-dangling"], { folder });
});

gitTest(
  "GitStore keeps the other files, their modes and the folders among them",
  async (backend) => {
    const folder = await backend.addRepository(GIST, [
      { files: { "a.sh": "echo", "sub/deep.txt": "deep", "sub.txt": "x", [FILE]: "{}" } },
    ]);
    await backend.git(["fast-import", "--quiet"], {
      folder,
      input: "commit refs/heads/main\ncommitter A <a@b> 1767323050 +0000\ndata 1\nx\n" +
        "from refs/heads/main^0\nM 100755 inline a.sh\ndata 4\necho\n",
    });
    const before = await backend.git(["ls-tree", "-r", "main"], { folder });
    const store = storeAt(backend);
    await store.compareAndSwap(RECORD, await store.read());
    const after = await backend.git(["ls-tree", "-r", "main"], { folder });
    const others = (listing: string) => listing.split("\n").filter((line) => !line.endsWith(FILE));
    assert.deepEqual(others(after), others(before));
    assert.equal(others(after).length, 3);
    assert.equal(await backend.git(["show", `main:${FILE}`], { folder }), RECORD);
    await backend.git(["fsck", "--strict", "--no-dangling"], { folder });
  },
);

gitTest("GitStore reads what git's client pushed, on a master branch", async (backend) => {
  const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" }, branch: "master" }]);
  const target = await clone(backend, folder);
  const store = storeAt(backend);
  const first = await store.read();
  await Deno.writeTextFile(`${target}/${FILE}`, RECORD);
  await Deno.writeTextFile(`${target}/other.txt`, "another file");
  await backend.git(["add", "."], { folder: target });
  await backend.git(["commit", "--quiet", "-m", "by hand"], { folder: target });
  await backend.git(["push", "--quiet", "origin", "master"], { folder: target });
  const head = await backend.git(["rev-parse", "HEAD"], { folder: target });
  assert.deepEqual(await store.read(), { content: RECORD, version: head, head, isProven: true });
  assert.notEqual(first.head, head);
  const written = await store.compareAndSwap(recordOf("b", 2), await store.read());
  assert.equal(await backend.git(["rev-parse", "master"], { folder }), written.head);
  assert.equal(await backend.git(["show", "master:other.txt"], { folder }), "another file");
});

gitTest("GitStore reads packed refs and packs with deltas", async (backend) => {
  const lines = Array.from({ length: 400 }, (_, index) => `A line ${index * 7919}.`).join("\n");
  const files = {
    "a.txt": lines,
    "b.txt": `${lines}\nOne more.`,
    "c.txt": `Before.\n${lines}`,
    [FILE]: RECORD,
  };
  const folder = await backend.addRepository(GIST, [{ files }]);
  await backend.git(["repack", "--quiet", "-a", "-d", "-f", "--depth=50"], { folder });
  await backend.git(["pack-refs", "--all"], { folder });
  const { store, answers } = measured(backend);
  assert.equal((await store.read()).content, RECORD);
  const look = ["cat-file", "--batch-check=%(deltabase)", "--batch-all-objects"];
  const packed = await backend.git(look, { folder });
  assert.ok(packed.split("\n").some((base) => !/^0+$/.test(base)), "there must be deltas");
  assert.ok((answers[1] ?? 0) < 2 * lines.length, "the answer must hold them as deltas");
});

gitTest("GitStore reads large files only where they are the record", async (backend) => {
  const noise = crypto.getRandomValues(new Uint8Array(48_000)).toHex();
  const folder = await backend.addRepository(GIST, [{
    files: { "large.txt": noise, [FILE]: RECORD },
  }]);
  const { store, answers } = measured(backend);
  assert.equal((await store.read()).content, RECORD);
  assert.ok(Math.max(...answers) < 4_000, `${answers} bytes`);
  await backend.commit(folder, { files: { [FILE]: noise } });
  assert.equal((await store.read()).content, noise);
});

gitTest("GitStore tells a file that never was from one that was deleted", async (backend) => {
  const folder = await backend.addRepository(GIST, [
    { files: { "notes.md": "1" } },
    { files: { "notes.md": "2" } },
  ]);
  const absent = await storeAt(backend).read();
  assert.equal(absent.content, undefined);
  const token = JSON.stringify({ leaderTransitions: 41 });
  await backend.commit(folder, { files: { [FILE]: token } });
  const witness = storeAt(backend);
  await witness.read();
  await backend.commit(folder, { files: { [FILE]: undefined } });
  await backend.commit(folder, { files: { "notes.md": "3" } });
  for (const store of [storeAt(backend), witness]) {
    await assert.rejects(store.read(), {
      name: "LockDeletedError",
      message: /"leaderTransitions": ?41/,
    });
  }
  await assert.rejects(storeAt(backend).compareAndSwap(RECORD, absent), {
    name: "LockConflictError",
  });
});

gitTest("GitStore does not guess where the history is too long to tell", async (backend) => {
  const seeds = Array.from({ length: 51 }, (_, index) => ({ files: { "notes.md": `${index}` } }));
  const folder = await backend.addRepository(GIST, seeds.slice(0, 50));
  assert.equal((await storeAt(backend).read()).content, undefined);
  await backend.commit(folder, { files: { "notes.md": "50" } });
  const store = storeAt(backend);
  await assert.rejects(store.read(), {
    name: "LockUnavailableError",
    message: /more than 50 revisions.*put \{\} into the file/,
  });
  const requests = backend.requests;
  await assert.rejects(store.read(), LockUnavailableError);
  assert.equal(backend.requests, requests + 1);
});

gitTest("GitStore says what is wrong with a repository that it cannot use", async (backend) => {
  const folder = await backend.addRepository(GIST, []);
  await assert.rejects(storeAt(backend).read(), /is empty; save a first file in it/);
  await backend.git(["fast-import", "--quiet"], {
    folder,
    input: "commit refs/heads/other\ncommitter A <a@b> 1767323050 +0000\ndata 1\nx\n",
  });
  await assert.rejects(storeAt(backend).read(), /must name an existing branch, got a missing one/);
  await backend.git(["update-ref", "--no-deref", "HEAD", "refs/heads/other"], { folder });
  await assert.rejects(storeAt(backend).read(), /must name an existing branch, got a detached one/);
});
