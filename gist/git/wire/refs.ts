/**
 * What a repository says of itself before anything is fetched or pushed. See "Smart Clients" in git's
 * `gitprotocol-http`.
 *
 * @module
 */

import { escapeText } from "../../../lock/mod.ts";
import { GitFormatError } from "../objects/errors.ts";
import { isObjectId } from "../objects/objects.ts";
import { PktReader, pktText } from "./pkt_line.ts";

/** The two services of a repository. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** What a repository advertises. */
export interface RefAdvertisement {
  /** Every ref and the id that it names. */
  readonly refs: ReadonlyMap<string, string>;
  /** The capabilities of the server, such as `shallow` and `symref=HEAD:refs/heads/main`. */
  readonly capabilities: ReadonlySet<string>;
}

/** The default branch of a repository, and where it stands. */
export interface Branch {
  /** Its full name, such as `refs/heads/main`. */
  readonly ref: string;
  /** The id of its newest commit. */
  readonly head: string;
}

const MAX_REFS = 1_000;

/**
 * Reads the answer to `GET info/refs?service=…`.
 *
 * @param body The answer.
 * @param service The service that was asked for.
 * @throws {GitFormatError} If it is something else, such as a page for people.
 */
export function parseRefAdvertisement(body: Uint8Array, service: GitService): RefAdvertisement {
  const reader = new PktReader(body);
  if (readText(reader) !== `# service=${service}` || reader.next() !== "flush") {
    throw new GitFormatError(`Cannot read the refs as the answer must come from ${service}`);
  }
  const refs = new Map<string, string>();
  let capabilities: ReadonlySet<string> | undefined;
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    if (typeof line === "string") {
      throw new GitFormatError("Cannot read the refs as they break off");
    }
    const [text = "", offered] = splitOnce(pktText(line), "\0");
    capabilities ??= new Set((offered ?? "").split(" ").filter((name) => name !== ""));
    const [id = "", name = ""] = splitOnce(text, " ");
    if (!isObjectId(id) && !capabilities.has("object-format=sha256")) {
      throw new GitFormatError(`Cannot read the refs as one is no ref: it is ${quote(text)}`);
    }
    // "capabilities^{}" stands for no ref at all, "v1.0^{}" for what a tag points to.
    if (!name.endsWith("^{}")) refs.set(name, id);
    if (refs.size > MAX_REFS) {
      throw new GitFormatError(`Cannot read the refs as there are more than ${MAX_REFS}`);
    }
  }
  return { refs, capabilities: capabilities ?? new Set() };
}

/**
 * Finds the branch that HEAD names, the one branch on which all candidates agree.
 *
 * @param advertisement What the repository advertises.
 * @throws {GitFormatError} If the repository is empty, uses SHA-256, or its HEAD names no branch.
 */
export function defaultBranch({ refs, capabilities }: RefAdvertisement): Branch {
  if (capabilities.has("object-format=sha256")) {
    throw new GitFormatError(
      "Cannot use the repository as its object format must be sha1: it is sha256",
    );
  }
  if (refs.size === 0) {
    throw new GitFormatError("Cannot use the repository as it is empty: save a first file there");
  }
  const symref = [...capabilities].find((name) => name.startsWith("symref=HEAD:"));
  const ref = symref?.slice("symref=HEAD:".length);
  const head = ref === undefined ? undefined : refs.get(ref);
  if (ref === undefined || head === undefined || !/^refs\/heads\/[\x21-\x7e]+$/.test(ref)) {
    const state = refs.has("HEAD") ? "detached" : "missing";
    throw new GitFormatError(
      `Cannot use the repository as its HEAD must name a branch that exists: it is ${state}`,
    );
  }
  return { ref, head };
}

function readText(reader: PktReader): string | undefined {
  const line = reader.next();
  return typeof line === "string" ? undefined : pktText(line);
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function quote(text: string): string {
  return `"${escapeText(text, 60)}"`;
}
