/** What the tests against real git share. */

import { GitStore } from "../../gist/git/store.ts";
import { FakeClock, type Fetch } from "../../lock/mod.ts";
import { BACKEND_URL, hasGit, HttpBackend } from "./http_backend.ts";

export const GIST = "abc123";
export const FILE = "leader-election.json";

/** A test that is ignored where git is missing. */
export function gitTest(name: string, test: (backend: HttpBackend) => Promise<void>): void {
  Deno.test({
    name: `${name} (real git)`,
    ignore: !hasGit,
    fn: async () => {
      await using backend = await HttpBackend.create();
      await test(backend);
    },
  });
}

/** A candidate's store at a backend. Its clock stands still: real git takes what time it takes. */
export function storeAt(
  backend: HttpBackend,
  fetch: Fetch = backend.fetch,
  id: string = GIST,
): GitStore {
  return new GitStore({
    id,
    token: "ghp_token",
    baseUrl: BACKEND_URL,
    clock: new FakeClock(),
    fetch,
  });
}

export function isPush(request: Request): boolean {
  return request.url.endsWith("/git-receive-pack");
}

/** A record like no other, and the head that it follows, if it tells. */
export function recordOf(holder: string, sequence: number, base?: string): string {
  return JSON.stringify({ holderIdentity: holder, sequence, base });
}
