/**
 * Git's objects: their ids, and the encoding of trees and commits. See git's `gitformat-pack` and "Git Internals, Git
 * Objects" in the Git book.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  type Bytes,
  concatBytes,
  decodeHex,
  decodeText,
  encodeHex,
  encodeText,
  splitOnce,
} from "./bytes.ts";
import { GitFormatError } from "./errors.ts";

export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** An object without its id, which is a hash of both members; see {@linkcode objectId}. */
export interface GitObject {
  readonly type: ObjectType;
  /** The content without git's `type size\0` header. */
  readonly body: Uint8Array;
}

/** Where objects are found by their ids, such as a map. */
export interface ObjectSource {
  get(id: string): GitObject | undefined;
}

/** A file, folder or submodule in a tree. */
export interface TreeEntry {
  /** The mode in octal digits as git writes it: `100644` a file, `100755` a program, `40000` a folder. */
  readonly mode: string;
  readonly name: string;
  /** The id of the file's blob, or of the folder's tree: 40 hexadecimal digits. */
  readonly id: string;
}

export interface Commit {
  readonly tree: string;
  /** The ids of the commits that it follows; none for the first commit of a history. */
  readonly parents: readonly string[];
  /** The signature of the author, as git writes it: `Name <address> 1767323045 +0000`. */
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

/** A person and a time. */
interface Signature {
  /** A name, without `<`, `>` and line breaks. */
  readonly name: string;
  /** A mail address, without `<`, `>` and line breaks; may be empty. */
  readonly email: string;
  /** Milliseconds since the Unix epoch; git keeps whole seconds. */
  readonly time: number;
}

const ID = /^[0-9a-f]{40}$/;
export const ID_BYTES = 20;
const MODE = /^[1-7][0-7]{4,5}$/;
const TREE_MODE = "40000";

/** Returns the id of an object: the SHA-1 of its header and body, as 40 hexadecimal digits. */
export function objectId(type: ObjectType, body: Uint8Array): string {
  return createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest("hex");
}

export function isObjectId(text: string): boolean {
  return ID.test(text);
}

/**
 * Returns the body of an object of a known type.
 *
 * @throws {GitFormatError} If it is missing, or of another type.
 */
export function bodyOf(objects: ObjectSource, type: ObjectType, id: string): Uint8Array {
  const object = objects.get(id);
  if (object?.type !== type) throw new GitFormatError(`the ${type} ${id} is missing`);
  return object.body;
}

/** Encodes a tree. The entries may be in any order. */
export function encodeTree(entries: readonly TreeEntry[]): Bytes {
  return concatBytes(
    entries
      .map((entry) => ({ entry, key: encodeText(sortKey(entry)) }))
      .sort((a, b) => Buffer.compare(a.key, b.key))
      .flatMap(({ entry: { mode, name, id } }) => [encodeText(`${mode} ${name}\0`), decodeHex(id)]),
  );
}

/**
 * Parses a tree.
 *
 * @throws {GitFormatError} If it is truncated, an entry has an invalid mode or name, or two have the same name.
 */
export function parseTree(body: Uint8Array): TreeEntry[] {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const nul = body.indexOf(0, at);
    if (space < 0 || nul < space || nul + ID_BYTES >= body.length) {
      throw new GitFormatError("a tree ends in the middle of an entry");
    }
    const mode = decodeText(body.subarray(at, space));
    const name = decodeName(body.subarray(space + 1, nul));
    at = nul + 1 + ID_BYTES;
    if (!MODE.test(mode) || name === "" || name.includes("/") || entries.has(name)) {
      throw new GitFormatError("a tree has an entry with an invalid mode or name");
    }
    entries.set(name, { mode, name, id: encodeHex(body.subarray(nul + 1, at)) });
  }
  return [...entries.values()];
}

export function encodeCommit(commit: Commit): Bytes {
  return encodeText([
    `tree ${commit.tree}\n`,
    ...commit.parents.map((parent) => `parent ${parent}\n`),
    `author ${commit.author}\n`,
    `committer ${commit.committer}\n`,
    `\n${commit.message}`,
  ].join(""));
}

/**
 * Parses a commit. Ignores headers that {@linkcode Commit} does not have, such as a signature.
 *
 * @throws {GitFormatError} If the tree, the author or the committer is missing, or an id is invalid.
 */
export function parseCommit(body: Uint8Array): Commit {
  const [head, message] = splitOnce(decodeText(body), "\n\n");
  // A continuation line starts with a space, which gives it an empty key.
  const headers = head.split("\n").map((line) => splitOnce(line, " "));
  const only = (name: string) => headers.find(([key]) => key === name)?.[1];
  const tree = only("tree");
  const author = only("author");
  const committer = only("committer");
  const parents = headers.filter(([key]) => key === "parent").map(([, value]) => value);
  if (
    headers[0]?.[0] !== "tree" || tree === undefined || author === undefined ||
    committer === undefined ||
    ![tree, ...parents].every(isObjectId)
  ) {
    throw new GitFormatError("a commit has invalid headers");
  }
  return { tree, parents, author, committer, message };
}

/** Formats a signature as git writes it, in UTC. */
export function formatSignature({ name, email, time }: Signature): string {
  return `${name} <${email}> ${Math.floor(time / 1_000)} +0000`;
}

/** Git sorts a folder as if its name ended in a slash. */
function sortKey({ mode, name }: TreeEntry): string {
  return mode === TREE_MODE ? `${name}/` : name;
}

/** Refuses a name that is not UTF-8, as it would change by being decoded and encoded. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GitFormatError("a tree has a file name that is not UTF-8", { cause });
  }
}
