import assert from "node:assert/strict";
import { readGist, readVersions } from "../../../gist/rest/response.ts";
import { LockUnavailableError, MAX_RECORD_BYTES, parseRecord } from "../../../lock/mod.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);

Deno.test("readGist() reads the file's text and the names of the revisions", () => {
  const value = {
    files: { f: { content: "text", truncated: false, size: 4 }, g: { content: "other" } },
    history: [{ version: A, url: "…" }, { version: B }],
  };
  assert.deepEqual(readGist(value, "f"), { content: "text", history: [A, B] });
});

Deno.test("readGist() takes no history for an unknown one", () => {
  const files = { f: { content: "" } };
  for (const gist of [{ files }, { files, history: null }, { files, history: [] }]) {
    assert.deepEqual(readGist(gist, "f"), { content: "", history: undefined });
  }
});

Deno.test("readGist() takes a file for absent that the answer does not own", () => {
  const inherited = ["f", "toString", "__proto__", "constructor"];
  for (const file of inherited) {
    assert.equal(readGist({ files: {} }, file).content, undefined);
    assert.equal(readGist({ files: { [file]: null } }, file).content, undefined);
  }
  const named = JSON.parse('{"files":{"__proto__":{"content":"text"}}}');
  assert.equal(readGist(named, "__proto__").content, "text");
  assert.equal(readGist(named, "content").content, undefined);
});

Deno.test("readGist() makes a text that was cut, or is too long, one that is no record", () => {
  for (const content of ["{}", '{"leaderTransitions":1}', ""]) {
    const cut = readGist({ files: { f: { content, truncated: true } } }, "f").content ?? "";
    assert.ok(cut.startsWith(content));
    assert.throws(() => parseRecord(cut), /must be at most 65536 bytes long/);
  }
  assert.throws(
    () => parseRecord(readGist({ files: { f: { truncated: true } } }, "f").content ?? ""),
    /must be at most 65536 bytes long/,
  );
  const long = readGist({ files: { f: { content: " ".repeat(1_000_000) } } }, "f").content;
  assert.equal(long?.length, MAX_RECORD_BYTES + 1);
});

Deno.test("readGist() refuses an answer of any other shape", () => {
  const file = { files: { f: { content: "" } } };
  const wrong: unknown[] = [
    null,
    undefined,
    "text",
    7,
    [],
    {},
    { files: null },
    { files: "f" },
    { files: { f: "text" } },
    { files: { f: {} } },
    { files: { f: { content: 7 } } },
    { files: { f: { content: null } } },
    { ...file, history: "none" },
    { ...file, history: {} },
    { ...file, history: [null] },
    { ...file, history: [{}] },
    { ...file, history: [{ version: 7 }] },
    { ...file, history: [{ version: "" }] },
    { ...file, history: [{ version: "../../user" }] },
    { ...file, history: [{ version: `${A}/x` }] },
    { ...file, history: [{ version: "a".repeat(65) }] },
  ];
  for (const value of wrong) {
    assert.throws(() => readGist(value, "f"), LockUnavailableError, JSON.stringify(value));
  }
});

Deno.test("readVersions() reads a page of revisions, and refuses what is no list of them", () => {
  assert.deepEqual(readVersions([{ version: A }, { version: B }]), [A, B]);
  assert.deepEqual(readVersions([]), []);
  for (const value of [undefined, {}, [[]], [A], [{ version: A.toUpperCase() }]]) {
    assert.throws(() => readVersions(value), LockUnavailableError);
  }
});
