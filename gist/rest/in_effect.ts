import { baseOf, tokenOf } from "../../store/kit.ts";

/** One revision of a gist, as far as one of its files is concerned. Revisions never change. */
export interface Revision {
  /** Names the revision. */
  readonly version: string;
  /** The revision directly before it; `undefined` where it is the first. */
  readonly predecessor: string | undefined;
  /** The file's text; `undefined` where the file is not there. */
  readonly content: string | undefined;
}

/** What stands in effect in a gist's file. */
export interface InEffect {
  /** The revision that put it in effect. */
  readonly version: string;
  /** The text in effect; `undefined` where the file was never there, or was deleted. */
  readonly content: string | undefined;
  /** Whether the file was there before. */
  readonly isDeleted: boolean;
  /** Where it was deleted: the highest fencing token that was found in it, where one was readable. */
  readonly lastToken: number | undefined;
}

/** How many revisions a search for the one in effect goes through before it gives up. */
export const MAX_REVISIONS = 5_000;

/**
 * Whether a revision is in effect.
 *
 * A gist offers no compare-and-swap: a write cannot be refused, only be told apart afterwards. Revisions are one total
 * order, and each of our records names its `base`, the revision that its writer had read as the newest. So the writer knew
 * everything before it exactly where its direct predecessor *is* its base. Every other record is void: a failed
 * compare-and-swap that left a trace. Late, duplicated and racing writes are void by the same rule, and so is a revision
 * that touched another file and carries an old record on.
 *
 * In effect are also the first revision, which had nothing to miss, and a text without a `base` (a hand's, a Go
 * candidate's, garbage, the file deleted), where it is new in its revision.
 *
 * @param revision The revision in question.
 * @param predecessor The revision directly before it; looked at only where the answer depends on its content.
 * @returns `"needs predecessor"` where the answer depends on a content that was not passed.
 */
export function inEffect(
  revision: Revision,
  predecessor?: Pick<Revision, "content">,
): boolean | "needs predecessor" {
  if (revision.predecessor === undefined) return true;
  const base = baseOf(revision.content);
  if (base !== undefined) return base === revision.predecessor;
  if (predecessor === undefined) return "needs predecessor";
  return revision.content !== predecessor.content;
}

/**
 * Finds the newest revision in effect, from the head back. It does no I/O: it yields the name of each revision that it
 * needs next, and is resumed with that revision.
 *
 * @param head The newest revision.
 * @param known What an earlier search found from a revision back, if there was one. Revisions never change, so it still holds.
 * @returns `undefined` where there is none within {@linkcode MAX_REVISIONS}.
 */
export function* findInEffect(
  head: Revision,
  known: (version: string) => InEffect | undefined = () => undefined,
): Generator<string, InEffect | undefined, Revision> {
  let revision = head;
  for (let looked = 1; looked <= MAX_REVISIONS; looked++) {
    let verdict = inEffect(revision);
    if (verdict === true) return found(revision);
    const name = predecessorOf(revision);
    const before = verdict === false ? known(name) : undefined;
    if (before) return before;
    const predecessor: Revision = yield name;
    verdict = inEffect(revision, predecessor);
    if (verdict === true) {
      return revision.content === undefined
        ? { ...found(revision), isDeleted: true, lastToken: yield* findLastToken(predecessor) }
        : found(revision);
    }
    revision = predecessor;
  }
  return undefined;
}

/** The highest token up to the newest in effect, void revisions included: one that is too high does no harm. */
function* findLastToken(last: Revision): Generator<string, number | undefined, Revision> {
  let highest: number | undefined;
  let revision = last;
  for (let looked = 1; looked <= MAX_REVISIONS; looked++) {
    const token = tokenOf(revision.content);
    if (token !== undefined) highest = Math.max(token, highest ?? 0);
    if (revision.predecessor === undefined) return highest;
    const predecessor: Revision = yield revision.predecessor;
    if (token !== undefined && inEffect(revision, predecessor) === true) return highest;
    revision = predecessor;
  }
  return highest;
}

function found(revision: Revision): InEffect {
  const { version, content } = revision;
  return { version, content, isDeleted: false, lastToken: undefined };
}

function predecessorOf(revision: Revision): string {
  if (revision.predecessor === undefined) {
    throw new Error(`Cannot go back from revision ${revision.version} as it is the first`);
  }
  return revision.predecessor;
}
