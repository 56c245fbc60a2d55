/**
 * Git's objects as bytes: their ids, and the two kinds that have a form of their own. See git's `gitformat-pack` and
 * "Git Internals, Git Objects" in the Git book.
 *
 * @module
 */

import { createHash } from "node:crypto";
import {
  type Bytes,
  compareBytes,
  concatBytes,
  decodeHex,
  decodeText,
  encodeHex,
  encodeText,
} from "./bytes.ts";
import { GitFormatError } from "./errors.ts";

/** The kinds of object that a repository holds. */
export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** An object without its name: the name follows from both members, see {@linkcode objectId}. */
export interface GitObject {
  /** What kind of object this is. */
  readonly type: ObjectType;
  /** The object's content, without git's `type size\0` header. */
  readonly body: Uint8Array;
}

/** One file (or folder, or submodule) of a tree. */
export interface TreeEntry {
  /** The mode in octal digits as git writes it: `100644` a file, `100755` a program, `40000` a folder. */
  readonly mode: string;
  /** The name, without any `/`. */
  readonly name: string;
  /** The id of the file's blob, or of the folder's tree: 40 hexadecimal digits. */
  readonly id: string;
}

/** What a commit says. */
export interface Commit {
  /** The id of its tree. */
  readonly tree: string;
  /** The ids of the commits that it follows; none for the first commit of a history. */
  readonly parents: readonly string[];
  /** Who wrote the change and when, as git writes it: `Name <address> 1767323045 +0000`. */
  readonly author: string;
  /** Who made the commit and when, in the same form. */
  readonly committer: string;
  /** The message, usually ending in a line break. */
  readonly message: string;
}

/** Who did something to a repository, and when. */
export interface Signature {
  /** A name, without `<`, `>` and line breaks. */
  readonly name: string;
  /** A mail address, without `<`, `>` and line breaks; may be empty. */
  readonly email: string;
  /** Milliseconds since the Unix epoch; git keeps whole seconds. */
  readonly time: number;
}

const ID = /^[0-9a-f]{40}$/;
const ID_BYTES = 20;
const MODE = /^[1-7][0-7]{4,5}$/;
const TREE_MODE = "40000";

/**
 * The name of an object: the SHA-1 of its header and body, as 40 hexadecimal digits.
 *
 * @param type What kind of object it is.
 * @param body Its content.
 */
export function objectId(type: ObjectType, body: Uint8Array): string {
  return createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest("hex");
}

/** Whether a text is an object's full name: 40 lower-case hexadecimal digits. */
export function isObjectId(text: string): boolean {
  return ID.test(text);
}

/**
 * Writes a tree, in git's order.
 *
 * @param entries The files, in any order.
 */
export function encodeTree(entries: readonly TreeEntry[]): Bytes {
  return concatBytes(
    entries
      .map((entry) => ({ entry, key: encodeText(sortKey(entry)) }))
      .sort((a, b) => compareBytes(a.key, b.key))
      .flatMap(({ entry: { mode, name, id } }) => [
        encodeText(`${mode} ${name}\0`),
        decodeHex(id),
      ]),
  );
}

/**
 * Reads a tree.
 *
 * @param body The object's content.
 * @throws {GitFormatError} If it is cut off, an entry has an impossible mode or name, or two have one name.
 */
export function parseTree(body: Uint8Array): TreeEntry[] {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const nul = body.indexOf(0, at);
    if (space < 0 || nul < space || nul + ID_BYTES >= body.length) {
      throw new GitFormatError("Cannot read the tree as it ends in the middle of an entry");
    }
    const mode = decodeText(body.subarray(at, space));
    const name = decodeName(body.subarray(space + 1, nul));
    at = nul + 1 + ID_BYTES;
    if (!MODE.test(mode) || name === "" || name.includes("/") || entries.has(name)) {
      throw new GitFormatError("Cannot read the tree as an entry has an impossible mode or name");
    }
    entries.set(name, { mode, name, id: encodeHex(body.subarray(nul + 1, at)) });
  }
  return [...entries.values()];
}

/**
 * Writes a commit.
 *
 * @param commit What it says.
 */
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
 * Reads a commit. Headers that are not named in {@linkcode Commit}, such as a signature, are passed over.
 *
 * @param body The object's content.
 * @throws {GitFormatError} If the tree, the author or the committer is missing, or an id is none.
 */
export function parseCommit(body: Uint8Array): Commit {
  const text = decodeText(body);
  const end = text.indexOf("\n\n");
  const headers = (end < 0 ? text : text.slice(0, end)).split("\n").map(splitHeader);
  const only = (key: string) => headers.find((header) => header.key === key)?.value;
  const tree = only("tree");
  const author = only("author");
  const committer = only("committer");
  const parents = headers.filter(({ key }) => key === "parent").map(({ value }) => value);
  if (
    headers[0]?.key !== "tree" || tree === undefined || author === undefined ||
    committer === undefined ||
    ![tree, ...parents].every(isObjectId)
  ) {
    throw new GitFormatError("Cannot read the commit as its headers are not those of a commit");
  }
  return { tree, parents, author, committer, message: end < 0 ? "" : text.slice(end + 2) };
}

/**
 * Writes a signature as a commit carries it, in UTC.
 *
 * @param signature Who, and when.
 */
export function formatSignature({ name, email, time }: Signature): string {
  return `${name} <${email}> ${Math.floor(time / 1_000)} +0000`;
}

/** Git sorts a folder as if its name ended in a slash. */
function sortKey({ mode, name }: TreeEntry): string {
  return mode === TREE_MODE ? `${name}/` : name;
}

function splitHeader(line: string): { key: string; value: string } {
  const space = line.indexOf(" ");
  // A line that continues the one before it starts with a space, and so has the empty key, which nobody asks for.
  return space < 0
    ? { key: line, value: "" }
    : { key: line.slice(0, space), value: line.slice(space + 1) };
}

/** A name that is not UTF-8 would change by being read and written again. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GitFormatError("Cannot read the tree as a file name must be UTF-8", { cause });
  }
}
