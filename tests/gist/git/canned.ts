/** Answers of a git server, written by hand, and small packs with whatever is to be wrong in them. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { type Bytes, concatBytes, encodeText } from "../../../gist/git/objects/bytes.ts";
import { type GitObject, objectId } from "../../../gist/git/objects/objects.ts";
import { encodePack } from "../../../gist/git/objects/pack.ts";
import { encodePktLines, FLUSH } from "../../../gist/git/wire/pkt_line.ts";
import { composeWrite, type Write } from "../../../gist/git/commit.ts";
import { GitStore, type GitStoreOptions } from "../../../gist/git/store.ts";
import { FakeClock, type Fetch } from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";

/** Where canned answers seem to come from. */
export const CANNED_URL = "https://git.example";
export const GIST = "0123456789abcdef0123456789abcdef";
export const TOKEN = "ghp_TheTokenThatNobodyMaySee";
/** The file that holds the record, where a store is not told otherwise. */
export const FILE = "leader-election.json";

export function writeOf(content: string, file = FILE): Write {
  return composeWrite({ entries: [], file, content, time: 0, nonce: "n" });
}

/** What `GET info/refs` answers with. */
export function advertisement(
  head: string,
  capabilities = "side-band-64k shallow symref=HEAD:refs/heads/main object-format=sha1",
): Bytes {
  return encodePktLines([
    "# service=git-upload-pack\n",
    FLUSH,
    `${head} HEAD\0${capabilities}\n`,
    `${head} refs/heads/main\n`,
    FLUSH,
  ]);
}

/** What `POST git-upload-pack` answers with. */
export function uploadAnswer(pack: Uint8Array): Bytes {
  return encodePktLines([
    FLUSH,
    "NAK\n",
    concatBytes([Uint8Array.of(2), encodeText("Counting objects: 3\n")]),
    concatBytes([Uint8Array.of(1), pack.subarray(0, 50)]),
    concatBytes([Uint8Array.of(1), pack.subarray(50)]),
    FLUSH,
  ]);
}

/** What `POST git-receive-pack` answers with. */
export function pushAnswer(lines: readonly string[], message = ""): Bytes {
  const report = encodePktLines([...lines.map((line) => `${line}\n`), FLUSH]);
  return encodePktLines([
    ...(message === "" ? [] : [concatBytes([Uint8Array.of(2), encodeText(message)])]),
    concatBytes([Uint8Array.of(1), report]),
    FLUSH,
  ]);
}

/** Answers by the verb of the request. */
export interface CannedAnswers {
  refs: Uint8Array | Response;
  upload?: Uint8Array | Response;
  receive?: Uint8Array | Response;
}

/** A server that always says the same. */
export function canned(answers: CannedAnswers): Fetch {
  // deno-lint-ignore require-await -- a missing answer must reject
  return async (request) => {
    const answer = request.method === "GET"
      ? answers.refs
      : request.url.endsWith("git-upload-pack")
      ? answers.upload
      : answers.receive;
    if (answer === undefined) throw new Error("connection reset");
    return answer instanceof Response ? answer.clone() : new Response(concatBytes([answer]));
  };
}

/** A server that holds one commit. */
export function cannedCommit(write: Write): CannedAnswers {
  return {
    refs: advertisement(write.commitId),
    upload: uploadAnswer(encodePack(write.objects)),
  };
}

/** A pack's entry: header, then the reference of a delta, then deflated data. */
export function packEntry(code: number, data: Uint8Array, reference = new Uint8Array()): Bytes {
  return concatBytes([entryHeader(code, data.length), reference, deflateSync(data)]);
}

/** The first bytes of an entry, with any size claimed. */
export function entryHeader(code: number, size: number): Bytes {
  const bytes = [(code << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest % 128);
  }
  return Uint8Array.from(bytes);
}

/** A pack of entries, with a checksum that is right. */
export function packOf(entries: readonly Uint8Array[], count = entries.length): Bytes {
  const header = new Uint8Array(12);
  header.set(encodeText("PACK"));
  new DataView(header.buffer).setUint32(4, 2);
  new DataView(header.buffer).setUint32(8, count);
  return withChecksum(concatBytes([header, ...entries]));
}

export function withChecksum(content: Uint8Array): Bytes {
  return concatBytes([content, createHash("sha1").update(content).digest()]);
}

export function blobId(text: string): string {
  return objectId("blob", encodeText(text));
}

export function blob(text: string): GitObject {
  return { type: "blob", body: encodeText(text) };
}

// ---- Stores of such a server ----

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

/**
 * A server whose answers may be changed, and what it was asked.
 *
 * @param meet Called before each request is answered, with their number so far.
 */
export function recorded(
  answers: CannedAnswers,
  meet: (request: Request, count: number) => unknown = () => {},
  options: Partial<GitStoreOptions> = {},
) {
  const requests: Request[] = [];
  const store = storeOf(answers, {
    ...options,
    fetch: async (request) => {
      await meet(request.clone(), requests.push(request));
      return await canned(answers)(request);
    },
  });
  const paths = () => requests.map(pathOf);
  /** What was posted, as text. */
  const bodies = () =>
    Promise.all(requests.filter(({ method }) => method === "POST").map((post) => post.text()));
  return { store, answers, requests, paths, bodies };
}

function pathOf({ method, url }: Request): string {
  return `${method} ${url.slice(CANNED_URL.length + 1 + GIST.length)}`;
}

export function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(() => assert.fail("must be rejected"), (error) => error);
}

/** What a store asks for. */
export const POLL = "GET .git/info/refs?service=git-upload-pack";
export const FETCH = "POST .git/git-upload-pack";
export const PUSH = "POST .git/git-receive-pack";

/** A server that lacks what it advertised. */
export const GONE = encodePktLines(["ERR upload-pack: not our ref\n"]);
/** The capabilities of a server that can leave out large blobs. */
export const FILTER = "filter side-band-64k symref=HEAD:refs/heads/main";

/** A gist on the local gist server, and stores of two candidates. */
export function twoStores(content = "{}") {
  const world = new LocalGistWorld("git", content);
  return { world, server: world.server, store: world.store(), other: () => world.store() };
}
