import assert from "node:assert/strict";
import {
  FakeClock,
  formatRecord,
  LockAccessError,
  LockUnavailableError,
} from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { held } from "../../contract/world.ts";
import { readRevision } from "../../../gist/rest/read_revision.ts";
import { GistClient } from "../../../gist/rest/client.ts";

const REVISION = "1".repeat(40);

/** A store whose server sends no ETag with some of its answers about the gist: those of these numbers, from 1. */
function storeWithout(...without: number[]) {
  const world = new LocalGistWorld("rest", "{}");
  const asked: (string | null)[] = [];
  let reads = 0;
  const store = world.store({
    fetch: async (request) => {
      const response = await world.server.fetch(request);
      if (request.method !== "GET" || !request.url.endsWith(world.id)) return response;
      asked.push(request.headers.get("if-none-match"));
      if (without.includes(++reads)) response.headers.delete("etag");
      return response;
    },
  });
  return { world, store, asked };
}

Deno.test("RestStore asks with the ETag of the last answer, and with none where that had none", async () => {
  const { world, store, asked } = storeWithout(3, 5);
  const other = world.store();
  for (let read = 0; read < 6; read++) {
    const seen = await store.read();
    await other.read();
    await other.compareAndSwap(formatRecord({ ...held(`write ${read}`), base: seen.head }), seen);
  }
  assert.deepEqual(asked.map((etag) => etag !== null), [false, true, true, false, true, false]);
  assert.equal(new Set(asked.filter((etag) => etag !== null)).size, 3);
});

/** Reads a revision by name from a server that answers with a status. */
async function readWith(status: number): Promise<unknown> {
  const client = new GistClient({
    id: "deadbeef",
    token: "a-token",
    clock: new FakeClock(),
    fetch: () => Promise.resolve(new Response('{"message":"no"}', { status })),
  });
  return await readRevision(client, REVISION, {}).catch((error) => error);
}

Deno.test("readRevision() takes 404 for a revision that is not there yet, and nothing else", async () => {
  const missing = await readWith(404);
  assert.ok(missing instanceof LockUnavailableError);
  assert.match(missing.message, /not have it yet/);
  for (const status of [401, 403]) {
    const refused = await readWith(status);
    assert.ok(refused instanceof LockAccessError, String(status));
    assert.equal(refused.status, status);
  }
  const broken = await readWith(500);
  assert.ok(broken instanceof LockUnavailableError);
  assert.doesNotMatch(broken.message, /not have it yet/);
});
