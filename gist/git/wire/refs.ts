/**
 * The advertisement of a repository: its refs and capabilities. See "Smart Clients" in git's `gitprotocol-http`.
 *
 * @module
 */

import { escapeText } from "../../../lock/mod.ts";
import { splitOnce } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import { isObjectId } from "../objects/objects.ts";
import { PktReader, pktText } from "./pkt_line.ts";

/** The services for fetching and pushing. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** The refs and capabilities that a repository advertises. */
interface RefAdvertisement {
  /** The id of each ref. */
  readonly refs: ReadonlyMap<string, string>;
  /** Such as `shallow` and `symref=HEAD:refs/heads/main`. */
  readonly capabilities: ReadonlySet<string>;
}

/** The default branch of a repository. */
export interface Branch {
  /** Its full name, such as `refs/heads/main`. */
  readonly ref: string;
  /** The id of its newest commit. */
  readonly head: string;
}

const MAX_REFS = 1_000;

/**
 * Parses the response to `GET info/refs?service=…`.
 *
 * @throws {GitFormatError} If it is something else, such as a web page.
 */
export function parseRefAdvertisement(body: Uint8Array, service: GitService): RefAdvertisement {
  const reader = new PktReader(body);
  const first = reader.next();
  const isService = typeof first !== "string" && pktText(first) === `# service=${service}`;
  if (!isService || reader.next() !== "flush") {
    throw new GitFormatError(`the list of refs does not come from ${service}`);
  }
  const refs = new Map<string, string>();
  let capabilities: ReadonlySet<string> | undefined;
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    if (typeof line === "string") {
      throw new GitFormatError("the list of refs is truncated");
    }
    const [text, offered] = splitOnce(pktText(line), "\0");
    capabilities ??= new Set(offered.split(" ").filter((name) => name !== ""));
    const [id, name] = splitOnce(text, " ");
    if (!isObjectId(id) && !capabilities.has("object-format=sha256")) {
      throw new GitFormatError(`the list of refs has the invalid line "${escapeText(text, 60)}"`);
    }
    // "capabilities^{}" stands for the absence of refs, "v1.0^{}" for the target of a tag.
    if (!name.endsWith("^{}")) refs.set(name, id);
    if (refs.size > MAX_REFS) {
      throw new GitFormatError(`the repository has more than ${MAX_REFS} refs`);
    }
  }
  return { refs, capabilities: capabilities ?? new Set() };
}

/**
 * Finds the branch that HEAD names, which is the same for all candidates.
 *
 * @throws {GitFormatError} If the repository is empty or uses SHA-256, or its HEAD does not name a branch.
 */
export function defaultBranch({ refs, capabilities }: RefAdvertisement): Branch {
  if (capabilities.has("object-format=sha256")) {
    throw new GitFormatError("the object format of the repository must be sha1, got sha256");
  }
  if (refs.size === 0) {
    throw new GitFormatError("the repository is empty; save a first file in it");
  }
  const symref = [...capabilities].find((name) => name.startsWith("symref=HEAD:"));
  const ref = symref?.slice("symref=HEAD:".length);
  const head = ref === undefined ? undefined : refs.get(ref);
  if (ref === undefined || head === undefined || !/^refs\/heads\/[\x21-\x7e]+$/.test(ref)) {
    const state = refs.has("HEAD") ? "detached" : "missing";
    throw new GitFormatError(
      `the HEAD of the repository must name an existing branch, got a ${state} one`,
    );
  }
  return { ref, head };
}
