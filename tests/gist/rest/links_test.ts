import assert from "node:assert/strict";
import { formatRecord } from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { held } from "../../contract/world.ts";

/** A store whose server shows no history by a revision's name, and what it asks for. */
function make() {
  const world = new LocalGistWorld("rest", "{}");
  const asked: string[] = [];
  const store = world.store({
    fetch: async (request) => {
      const path = new URL(request.url).pathname.replace(/^.*\/gists\/[^/]+/, "");
      asked.push(`${request.method} ${path.replace(/\/[0-9a-f]{40}$/, "/REVISION")}`);
      const response = await world.server.fetch(request);
      if (!/\/[0-9a-f]{40}$/.test(path)) return response;
      const { history: _, ...gist } = await response.json();
      return Response.json(gist);
    },
  });
  return { world, store, asked };
}

Deno.test("RestStore learns the order of revisions from the answer to a write, if answers by name show none", async () => {
  const { store, asked } = make();
  let seen = await store.read({ proof: true });
  for (let write = 0; write < 3; write++) {
    asked.length = 0;
    const content = formatRecord({ ...held(`write ${write}`), base: seen.head });
    seen = await store.compareAndSwap(content, seen);
    assert.deepEqual(asked, ["PATCH ", "GET /REVISION"]);
  }
});

Deno.test("RestStore learns the order of revisions from each read, if answers by name show none", async () => {
  const { world, store, asked } = make();
  const other = world.store();
  await store.read({ proof: true });
  for (let write = 0; write < 3; write++) {
    const seen = await other.read({ proof: true });
    const content = formatRecord({ ...held(`write ${write}`), base: seen.head });
    await other.compareAndSwap(content, seen);
    asked.length = 0;
    await store.read({ proof: true });
    assert.deepEqual(asked, ["GET ", "GET /REVISION"]);
  }
});
