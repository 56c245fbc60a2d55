import assert from "node:assert/strict";
import { GistClient } from "../../../gist/rest/client.ts";
import { RevisionLog } from "../../../gist/rest/revisions.ts";
import { FakeClock } from "../../../lock/mod.ts";

/** The name of the revision with that number; the first is 1. */
const name = (number: number) => number.toString(16).padStart(40, "0");

/** A gist with so many revisions; how often its history was asked for. */
function make(newest: number) {
  let pages = 0;
  const client = new GistClient({
    id: "abc",
    clock: new FakeClock(),
    fetch: (request) => {
      pages++;
      const query = new URL(request.url).searchParams;
      const size = Number(query.get("per_page"));
      const start = (Number(query.get("page")) - 1) * size;
      const versions = Array.from({ length: newest }, (_, at) => ({ version: name(newest - at) }));
      const headers = { link: start + size < newest ? '<https://x>; rel="next"' : "" };
      return Promise.resolve(Response.json(versions.slice(start, start + size), { headers }));
    },
  });
  const log = new RevisionLog({ client, file: "f", where: "gist abc…/f" });
  return { log, pages: () => pages };
}

Deno.test("RevisionLog looks for a successor among the newest 250 revisions, and no further", async () => {
  const { log, pages } = make(1_000);
  assert.equal(await log.successor(name(750), [name(1_000)], {}), name(751));
  assert.ok(pages() <= 5, `${pages()} pages`);
  const beyond = make(1_000);
  assert.equal(await beyond.log.successor(name(749), [name(1_000)], {}), undefined);
  assert.ok(beyond.pages() <= 5, `${beyond.pages()} pages`);
});

Deno.test("RevisionLog finds no successor of a revision that the gist does not have", async () => {
  const { log } = make(3);
  assert.equal(await log.successor("f".repeat(40), [name(3)], {}), undefined);
});
