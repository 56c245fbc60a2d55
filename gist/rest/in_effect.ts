import { baseOf, tokenOf } from "../../store/kit.ts";

/** One revision of a file in a gist. Revisions never change. */
export interface Revision {
  readonly version: string;
  /** The revision directly before it; `undefined` for the first. */
  readonly predecessor: string | undefined;
  /** The file's content; `undefined` if the file does not exist. */
  readonly content: string | undefined;
}

/** The content in effect in a gist's file. */
export interface InEffect {
  /** The revision that put it in effect. */
  readonly version: string;
  /** `undefined` if the file never existed, or was deleted. */
  readonly content: string | undefined;
  readonly isDeleted: boolean;
  /** If the file was deleted, the highest fencing token found in it. */
  readonly lastToken: number | undefined;
}

/** The most revisions that a search for the one in effect goes through. */
export const MAX_REVISIONS = 5_000;

/**
 * Whether a revision is in effect.
 *
 * The REST API has no compare-and-swap: a write cannot be refused, only recognized afterwards. Revisions are one total
 * order, and each of our records names its `base`, the revision that its writer had read as the newest. So the writer had
 * seen all earlier revisions if and only if the direct predecessor of its write is the `base`. Every other record is void: a
 * compare-and-swap that failed, but left a revision. Late, duplicated and racing writes are void by this rule, and so is a
 * revision that changed another file and repeats an old record.
 *
 * Also in effect are the first revision, and a content without a `base` (a manual edit, a Go candidate's record, garbage, a
 * deleted file) if it is new in its revision.
 *
 * @param predecessor The revision directly before it; used only if the result depends on its content.
 * @returns `"needs predecessor"` if the result depends on the predecessor and it was not passed.
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
 * Finds the newest revision in effect, from the head back. Does no I/O: it yields the name of each revision that it needs,
 * and is resumed with that revision.
 *
 * @param known Returns the result of an earlier search from a revision. Revisions never change, so it still holds.
 * @returns `undefined` if none of the newest {@linkcode MAX_REVISIONS} is in effect.
 */
export function* findInEffect(
  head: Revision,
  known: (version: string) => InEffect | undefined = () => undefined,
): Generator<string, InEffect | undefined, Revision> {
  let revision = head;
  for (let looked = 1; looked <= MAX_REVISIONS; looked++) {
    const name = revision.predecessor;
    let result = inEffect(revision);
    if (name === undefined || result === true) return found(revision);
    const before = result === false ? known(name) : undefined;
    if (before) return before;
    const predecessor: Revision = yield name;
    result = inEffect(revision, predecessor);
    if (result === true) {
      return revision.content === undefined
        ? { ...found(revision), isDeleted: true, lastToken: yield* findLastToken(predecessor) }
        : found(revision);
    }
    revision = predecessor;
  }
  return undefined;
}

/** Returns the highest token up to the newest in effect, void revisions included: a token that is too high is safe. */
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
