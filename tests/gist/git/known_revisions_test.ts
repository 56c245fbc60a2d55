import assert from "node:assert/strict";
import { type KnownRevision, KnownRevisions } from "../../../gist/git/known_revisions.ts";

function revision(head: string, content = head): KnownRevision {
  const file = { kind: "present", content, blobId: `blob of ${content}`, version: head } as const;
  return { head, parents: [], entries: [], file };
}

Deno.test("KnownRevisions keeps the newest 16 revisions", () => {
  const known = new KnownRevisions();
  const heads = Array.from({ length: 20 }, (_, index) => `${index}`);
  for (const head of heads) known.adopt(revision(head));
  assert.deepEqual(heads.filter((head) => known.get(head)), heads.slice(4));
});

Deno.test("KnownRevisions knows what was sent, but not that it is in effect", () => {
  const known = new KnownRevisions();
  known.adopt(revision("a"));
  known.remember(revision("b"));
  assert.equal(known.get("b")?.head, "b");
  assert.equal(known.lastContent, "a");
  known.adopt(revision("b"));
  assert.equal(known.lastContent, "b");
});

Deno.test("KnownRevisions does not take a stale answer for the current revision", () => {
  const known = new KnownRevisions();
  known.adopt(revision("a"));
  known.adopt(revision("b"));
  known.adopt(revision("a"));
  assert.equal(known.lastContent, "b");
  assert.equal(known.versionOf("blob of b", "c"), "b");
  assert.equal(known.versionOf("blob of a", "c"), "c");
});

Deno.test("KnownRevisions remembers the text of a file that a newer revision lacks", () => {
  const known = new KnownRevisions();
  known.adopt(revision("a"));
  known.adopt({ head: "b", parents: [], entries: [], file: { kind: "never" } });
  assert.equal(known.lastContent, "a");
});
