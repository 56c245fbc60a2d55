import assert from "node:assert/strict";
import { concatBytes, encodeText } from "../../../../gist/git/objects/bytes.ts";
import { GitFormatError } from "../../../../gist/git/objects/errors.ts";
import {
  encodeCommit,
  encodeTree,
  formatSignature,
  isObjectId,
  objectId,
  parseCommit,
  parseTree,
} from "../../../../gist/git/objects/objects.ts";

const ID = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const SIGNATURE = "A person <person@localhost> 1767323045 +0000";

Deno.test("objectId() is git's own name of an object", () => {
  assert.equal(objectId("blob", new Uint8Array()), ID);
  assert.equal(objectId("tree", new Uint8Array()), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  assert.equal(objectId("blob", encodeText("hello\n")), "ce013625030ba8dba906f756967f9e9ca394464a");
});

Deno.test("isObjectId() takes 40 lower-case hexadecimal digits and nothing else", () => {
  assert.equal(isObjectId(ID), true);
  for (const text of ["", ID.slice(1), `${ID}0`, ID.toUpperCase(), ID.replace("e", "g")]) {
    assert.equal(isObjectId(text), false, text);
  }
});

Deno.test("encodeTree() sorts as git does: by bytes, a folder as if it ended in a slash", () => {
  const folder = { mode: "40000", name: "a", id: ID };
  const files = ["é.md", "z", "a0", "a.b", "B", "c.b", "c"]
    .map((name) => ({ mode: "100644", name, id: ID }));
  assert.deepEqual(
    parseTree(encodeTree([...files, folder])).map(({ name }) => name),
    ["B", "a.b", "a", "a0", "c", "c.b", "z", "é.md"],
  );
});

Deno.test("parseTree() reads modes, names and ids back", () => {
  const entries = [
    { mode: "100644", name: "leader-election.json", id: ID },
    { mode: "100755", name: "a name with spaces", id: "0".repeat(40) },
  ];
  assert.deepEqual(parseTree(encodeTree(entries)), [entries[1], entries[0]]);
  assert.deepEqual(parseTree(new Uint8Array()), []);
});

Deno.test("parseTree() keeps a byte order mark in a name", () => {
  const entries = [{ mode: "100644", name: "\ufeffa", id: ID }];
  assert.deepEqual(parseTree(encodeTree(entries)), entries);
});

Deno.test("parseTree() refuses a tree that is cut off anywhere", () => {
  const tree = encodeTree([{ mode: "100644", name: "file", id: ID }]);
  for (let length = 1; length < tree.length; length++) {
    assert.throws(() => parseTree(tree.subarray(0, length)), GitFormatError, `${length} bytes`);
  }
});

Deno.test("parseTree() refuses impossible entries", () => {
  const entry = (head: string) => concatBytes([encodeText(head), Uint8Array.fromHex(ID)]);
  for (const head of ["100644 \0", "100644 a/b\0", "999999 a\0", " a\0", "644 a\0", "100644\0"]) {
    assert.throws(() => parseTree(entry(head)), GitFormatError, head);
  }
  const cut: [body: Uint8Array, message: RegExp][] = [
    [entry("100644a\0"), /middle of an entry/],
    // No NUL ends the name, though there are bytes enough.
    [encodeText(`100644 ${"a".repeat(13)}`), /middle of an entry/],
    [entry(" a\0"), /invalid mode or name/],
  ];
  for (const [body, message] of cut) assert.throws(() => parseTree(body), message);
  const twice = concatBytes([entry("100644 a\0"), entry("100644 a\0")]);
  assert.throws(() => parseTree(twice), /invalid mode or name/);
  const name = Uint8Array.of(0xe9, 0);
  const latin1 = concatBytes([encodeText("100644 "), name, Uint8Array.fromHex(ID)]);
  assert.throws(() => parseTree(latin1), /not UTF-8/);
});

Deno.test("parseCommit() reads what encodeCommit() wrote", () => {
  const commit = {
    tree: ID,
    parents: ["1".repeat(40), "2".repeat(40)],
    author: SIGNATURE,
    committer: SIGNATURE,
    message: "Title\n\nBody\n",
  };
  assert.deepEqual(parseCommit(encodeCommit(commit)), commit);
  assert.deepEqual(parseCommit(encodeCommit({ ...commit, parents: [] })).parents, []);
});

Deno.test("parseCommit() passes over a signature and takes nothing from it or from the message", () => {
  const message = `parent ${"4".repeat(40)}\n`;
  const commit = parseCommit(encodeText(
    `tree ${ID}\nauthor ${SIGNATURE}\ncommitter ${SIGNATURE}\n` +
      `gpgsig -----BEGIN-----\n parent ${"3".repeat(40)}\n -----END-----\n\n${message}`,
  ));
  assert.deepEqual(commit.parents, []);
  assert.equal(commit.message, message);
});

Deno.test("parseCommit() reads a commit without a message, and passes over headers without a value", () => {
  const body = encodeText(`tree ${ID}\nparents\nauthor ${SIGNATURE}\ncommitter ${SIGNATURE}`);
  assert.deepEqual(parseCommit(body), {
    tree: ID,
    parents: [],
    author: SIGNATURE,
    committer: SIGNATURE,
    message: "",
  });
});

Deno.test("parseCommit() refuses what is no commit", () => {
  const good = `tree ${ID}\nauthor ${SIGNATURE}\ncommitter ${SIGNATURE}\n\n`;
  const wrong = [["tree", "true"], [ID, "HEAD"], ["author", "editor"], ["committer", "sender"]]
    .map(([from = "", to = ""]) => good.replace(from, to));
  for (const text of ["", "\n\n", `parent x\n${good}`, `\n${good}`, ...wrong]) {
    assert.throws(() => parseCommit(encodeText(text)), GitFormatError, text);
  }
  assert.equal(parseCommit(encodeText(good)).message, "");
});

Deno.test("formatSignature() writes whole seconds in UTC", () => {
  assert.equal(
    formatSignature({ name: "A person", email: "person@localhost", time: 1_767_323_045_999 }),
    SIGNATURE,
  );
});
