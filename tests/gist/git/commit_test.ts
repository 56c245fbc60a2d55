import assert from "node:assert/strict";
import { objectId, parseCommit, parseTree } from "../../../gist/git/objects/objects.ts";
import { composeWrite } from "../../../gist/git/commit.ts";

const OTHER = { mode: "100755", name: "other.sh", id: "1".repeat(40) };
const OLD = { mode: "120000", name: "file", id: "2".repeat(40) };

Deno.test("composeWrite() replaces the file, keeps the others, and has no parent", () => {
  const { commitId, blobId, objects } = composeWrite({
    entries: [OTHER, OLD],
    file: "file",
    content: "text",
    time: 1_767_323_045_000,
    nonce: "once",
  });
  const [commit, tree, blob] = objects.map(({ body }) => body);
  assert.ok(commit && tree && blob);
  assert.equal(commitId, objectId("commit", commit));
  assert.equal(blobId, objectId("blob", blob));
  assert.equal(new TextDecoder().decode(blob), "text");
  assert.deepEqual(parseTree(tree), [{ mode: "100644", name: "file", id: blobId }, OTHER]);
  const signature = "multicluster-leader-election <> 1767323045 +0000";
  assert.deepEqual(parseCommit(commit), {
    tree: objectId("tree", tree),
    parents: [],
    author: signature,
    committer: signature,
    message: "Write the lease\n\nNonce: once\n",
  });
});

Deno.test("composeWrite() writes no time before 1970, which git calls broken", () => {
  const write = { entries: [], file: "file", content: "text", nonce: "once" };
  const { objects } = composeWrite({ ...write, time: -1_000 });
  const body = objects[0]?.body ?? new Uint8Array();
  assert.match(parseCommit(body).committer, / 0 \+0000$/);
});
