import assert from "node:assert/strict";
import { encodeText } from "../../../gist/git/objects/bytes.ts";
import { findPastFile } from "../../../gist/git/history.ts";
import {
  encodeCommit,
  encodeTree,
  type GitObject,
  objectId,
} from "../../../gist/git/objects/objects.ts";

const SIGNATURE = "A person <person@localhost> 1767323045 +0000";

/** Objects that count how often each of them is asked for. */
class Fetched extends Map<string, GitObject> {
  readonly asked: string[] = [];

  add(object: GitObject): string {
    const id = objectId(object.type, object.body);
    this.set(id, object);
    return id;
  }

  commit(files: Record<string, string>, parents: readonly string[]): string {
    const entries = Object.entries(files).map(([name, text]) => {
      return { mode: "100644", name, id: this.add({ type: "blob", body: encodeText(text) }) };
    });
    const tree = this.add({ type: "tree", body: encodeTree(entries) });
    const people = { author: SIGNATURE, committer: SIGNATURE };
    return this.add({
      type: "commit",
      body: encodeCommit({ tree, parents, ...people, message: parents.join() }),
    });
  }

  override get(id: string): GitObject | undefined {
    this.asked.push(id);
    return super.get(id);
  }
}

Deno.test("findPastFile() finds the newest commit that has the file", () => {
  const objects = new Fetched();
  const first = objects.commit({ file: "old" }, []);
  const second = objects.commit({ file: "new" }, [first]);
  const head = objects.commit({ other: "x" }, [second]);
  assert.deepEqual(findPastFile(objects, head, "file"), { kind: "deleted", content: "new" });
  assert.deepEqual(findPastFile(objects, head, "none"), { kind: "never" });
});

Deno.test("findPastFile() reads each commit once, however many lead to it", () => {
  const objects = new Fetched();
  let heads = [objects.commit({}, [])];
  const commits = [...heads];
  for (let layer = 0; layer < 4; layer++) {
    heads = ["a", "b"].map((name) => objects.commit({ [`${layer}${name}`]: "x" }, heads));
    commits.push(...heads);
  }
  const head = objects.commit({ z: "x" }, heads);
  assert.deepEqual(findPastFile(objects, head, "file"), { kind: "never" });
  for (const id of commits) {
    assert.equal(objects.asked.filter((asked) => asked === id).length, 1);
  }
});

Deno.test("findPastFile() does not know where the history goes on beyond what was fetched", () => {
  const objects = new Fetched();
  const head = objects.commit({ other: "x" }, ["1".repeat(40)]);
  assert.deepEqual(findPastFile(objects, head, "file"), { kind: "unknown" });
});
