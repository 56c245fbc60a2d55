/** Answers of a git server, written by hand, and small packs with whatever is to be wrong in them. */

import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { type Bytes, concatBytes, encodeText } from "../../../gist/git/objects/bytes.ts";
import { type GitObject, objectId } from "../../../gist/git/objects/objects.ts";
import { encodePack } from "../../../gist/git/objects/pack.ts";
import { encodePktLines, FLUSH } from "../../../gist/git/wire/pkt_line.ts";
import { composeWrite, type Write } from "../../../gist/git/commit.ts";
import type { Fetch } from "../../../lock/mod.ts";

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
