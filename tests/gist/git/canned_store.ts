import assert from "node:assert/strict";
import { GitStore, type GitStoreOptions } from "../../../gist/git/store.ts";
import { FakeClock } from "../../../lock/mod.ts";
import {
  canned,
  CANNED_URL,
  type CannedAnswers,
  cannedCommit,
  GIST,
  pushAnswer,
  TOKEN,
  writeOf,
} from "./canned.ts";

export const CONTENT = '{"holderIdentity":"a"}';
export const WRITE = writeOf(CONTENT);
export const GOOD = cannedCommit(WRITE);
export const OK = pushAnswer(["unpack ok", "ok refs/heads/main"]);
export const NG = pushAnswer(["unpack ok", "ng refs/heads/main failed to update ref"]);
/** How the token is sent. */
export const BASIC = `Basic ${btoa(`x-access-token:${TOKEN}`)}`;

export function storeOf(answers: CannedAnswers, options: Partial<GitStoreOptions> = {}): GitStore {
  return new GitStore({
    id: GIST,
    token: TOKEN,
    baseUrl: CANNED_URL,
    clock: new FakeClock(),
    fetch: canned(answers),
    ...options,
  });
}

/** A server whose answers may be changed, and what it was asked. */
export function recorded(answers: CannedAnswers) {
  const requests: Request[] = [];
  const store = storeOf(answers, {
    fetch: (request) => {
      requests.push(request);
      return canned(answers)(request);
    },
  });
  return { store, answers, requests, paths: () => requests.map(pathOf) };
}

export function pathOf({ method, url }: Request): string {
  return `${method} ${url.slice(CANNED_URL.length + 1 + GIST.length)}`;
}

export function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(() => assert.fail("must be rejected"), (error) => error);
}

export const POLL = "GET .git/info/refs?service=git-upload-pack";
export const FETCH = "POST .git/git-upload-pack";
export const PUSH = "POST .git/git-receive-pack";
