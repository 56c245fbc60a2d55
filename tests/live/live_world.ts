import assert from "node:assert/strict";
import { GistLock, type Protocol } from "../../gist/mod.ts";
import type { Fetch } from "../../lock/mod.ts";
import type { LockWorld } from "../contract/world.ts";

/** A server with gists, and an account on it. */
export interface LiveSite {
  readonly apiUrl: string;
  /** Where the lock finds gists; `undefined` for github.com's own addresses. */
  readonly baseUrl: string | undefined;
  readonly token: string;
  readonly fetch: Fetch;
}

/** Makes a secret gist without a lock in it; it is deleted at the end. */
export async function makeLiveWorld(site: LiveSite, protocol: Protocol): Promise<LockWorld> {
  const created = await ask(site, "POST", "/gists", {
    description: "A test of leader election made this, and failed to delete it: you may.",
    public: false,
    files: { "notes.md": { content: "Made by a test." } },
  });
  const { id } = await created.json();
  return {
    lock: (identity) => makeLock(site, { id, identity, protocol }),
    async [Symbol.asyncDispose]() {
      const deleted = await ask(site, "DELETE", `/gists/${id}`);
      await deleted.body?.cancel();
    },
  };
}

export function makeLock(
  { baseUrl, token, fetch }: LiveSite,
  options: { id: string; identity: string; protocol?: Protocol; requestTimeout?: number },
): GistLock {
  return new GistLock({ ...options, token, fetch, ...(baseUrl !== undefined && { baseUrl }) });
}

async function ask(
  site: LiveSite,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const answer = await site.fetch(
    new Request(site.apiUrl + path, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${site.token}`,
        "user-agent": "multicluster-leader-election-test",
      },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
  assert.ok(answer.ok, `${method} /gists: ${answer.status}; may this token write gists?`);
  return answer;
}
