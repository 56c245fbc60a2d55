import {
  EMPTY_RECORD,
  escapeText,
  formatRecord,
  LockAccessError,
  LockConflictError,
  LockUnavailableError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../lock/mod.ts";
import { randomSession, systemClock } from "../lock/system.ts";
import type { Snapshot, Store } from "../store/mod.ts";
import { TOKEN_ADVICE } from "./access.ts";
import { createGist } from "./create_gist.ts";
import type { GistStoreOptions } from "./gist_lock.ts";
import { composeWrite } from "./git/commit.ts";
import { encodePack } from "./git/objects/pack.ts";
import { openRepository } from "./git/repository.ts";
import { DEFAULT_FILE, gitBaseUrl } from "./options.ts";
import { GistClient } from "./rest/client.ts";
import { RestStore } from "./rest/store.ts";

/** Options of {@linkcode tryStalePush}. */
export interface StaleWriteOptions extends Omit<GistStoreOptions, "protocol"> {
  /**
   * Returns a different text on each call.
   *
   * @default {randomSession} 128 random bits
   */
  readonly nonce?: (() => string) | undefined;
}

const DANGER =
  "the store does not refuse a stale write, so two candidates would lead at once; do not use it for a lock";

// ---- git ----

/**
 * Pushes the gist's content with an old id that the branch does not have, which the git server must refuse.
 *
 * @returns The server's reason; text from outside, escaped.
 * @throws {UnsafeStoreError} If the push was accepted.
 * @throws {LockAccessError} If the token may not push, or a hook declines the push whatever it replaces.
 * @throws {LockError} If the gist cannot be read, or the response does not say whether the push was refused.
 */
export async function tryStalePush(options: StaleWriteOptions): Promise<string> {
  const baseUrl = options.gitBaseUrl ?? gitBaseUrl(options.baseUrl);
  const { reader, clock } = openRepository({ ...options, baseUrl });
  const { remote, name, file } = reader;
  const { entries, file: present } = await reader.load({});
  const { ref } = reader;
  if (ref === undefined) throw new LockUnavailableError(`Cannot find the branch of ${name}`);
  const nonce = options.nonce ?? randomSession;
  const content = present.kind === "present" ? present.content : "{}";
  const compose = () =>
    composeWrite({ entries, file, content, time: clock.wall(), nonce: nonce() });
  const [stale, write] = [compose(), compose()];
  const pack = encodePack(write.objects);
  const report = await remote.push({ ref, oldId: stale.commitId, newId: write.commitId, pack })
    .catch((error) => {
      if (error instanceof UnknownOutcomeError) return error;
      throw error;
    });
  // A push whose response was lost, or whose second copy was refused, may have been accepted.
  const isAccepted = !(report instanceof Error) && report.ok;
  if (isAccepted || (await remote.discover()).head === write.commitId) {
    throw new UnsafeStoreError(
      `The push to ${name} replaced a revision that it did not name: ${DANGER}`,
    );
  }
  if (report instanceof Error) throw report;
  const said = escapeText(report.reason, 80);
  if (/\bhook declined\b/i.test(report.reason)) {
    throw new LockAccessError(`Cannot write ${name}: a hook declines every push ("${said}")`);
  }
  if (/^(?:unpack|index-pack)/i.test(report.reason)) {
    throw new LockUnavailableError(
      `It is unknown whether ${name} refuses a stale write: the server could not read the push ("${said}")`,
    );
  }
  return said;
}

// ---- rest ----

/** The description of a scratch gist, by which a remaining one can be found. */
export const SCRATCH_DESCRIPTION = "elector check: a scratch gist, safe to delete";

/** The result of {@linkcode tryStaleEdit}. */
export interface StaleEdit {
  /** Whether each revision could be read by its name at once, without a wait. */
  readonly isReadableAtOnce: boolean;
  /** Whether the scratch gist was deleted; if not, find it by {@linkcode SCRATCH_DESCRIPTION}. */
  readonly isDeleted: boolean;
}

/**
 * Creates a scratch gist, writes it twice after the same read by the REST API, and deletes it: the second write must be void
 * for every reader. Does not touch the gist of the lock.
 *
 * @throws {UnsafeStoreError} If the second write took effect.
 * @throws {LockAccessError} If the token may not create or write gists.
 * @throws {LockError} If a request fails, or revisions cannot be read by their names.
 */
export async function tryStaleEdit(options: StaleWriteOptions): Promise<StaleEdit> {
  const { token, fetch, clock, baseUrl } = options;
  if (token === undefined) throw new TypeError(`No token: ${TOKEN_ADVICE}`);
  const id = await createGist({ token, description: SCRATCH_DESCRIPTION, fetch, clock, baseUrl });
  let isDeleted = false;
  let isReadableAtOnce: boolean;
  try {
    isReadableAtOnce = await raceOnScratch({ ...options, id, file: DEFAULT_FILE });
  } finally {
    isDeleted = await deleteGist({ ...options, id, file: DEFAULT_FILE });
  }
  return { isReadableAtOnce, isDeleted };
}

/** The most attempts to read a revision that does not exist yet, and the pause between them, in milliseconds. */
const READS = 5;
const READ_PAUSE = 1_000;

async function raceOnScratch(options: StaleWriteOptions): Promise<boolean> {
  const { clock = systemClock, nonce = randomSession } = options;
  const pause = () => clock.sleep(READ_PAUSE);
  const [first, second] = [new RestStore(options), new RestStore(options)];
  const seen = await readLater(first, pause);
  // The second writer has read the same revision, and not the first write.
  const stale = await readLater(second, pause);
  const [winner, loser] = [scratchText(seen.value, nonce()), scratchText(stale.value, nonce())];
  const isWritten = await isProven(first, winner, seen.value);
  const isOverwritten = await isProven(second, loser, stale.value, { mustConflict: true });
  const after = await readLater(new RestStore(options), pause);
  if (isOverwritten || after.value.content === loser) {
    throw new UnsafeStoreError(
      `Of two writes to a scratch gist after the same read, the second took effect: ${DANGER}`,
    );
  }
  if (after.value.content !== winner) {
    throw new LockUnavailableError(
      "It is unknown whether a stale write stays void: neither of two writes to a scratch gist is in effect; try again",
    );
  }
  return isWritten && !seen.isLate && !after.isLate;
}

/** Reads with proof, several times if a revision cannot be read by its name yet. */
async function readLater(
  store: Store,
  pause: () => Promise<void>,
): Promise<{ value: Snapshot; isLate: boolean }> {
  for (let attempt = 1;; attempt++) {
    try {
      return { value: await store.read({ proof: true }), isLate: attempt > 1 };
    } catch (error) {
      if (!(error instanceof LockUnavailableError) || attempt === READS) throw error;
    }
    await pause();
  }
}

/** Writes; `false` if the write is void, which only `mustConflict` allows, or its outcome could not be read yet. */
async function isProven(
  store: Store,
  content: string,
  seen: Snapshot,
  { mustConflict = false } = {},
): Promise<boolean> {
  try {
    await store.compareAndSwap(content, seen);
    return true;
  } catch (error) {
    const isVoid = mustConflict && error instanceof LockConflictError;
    if (!isVoid && !(error instanceof UnknownOutcomeError)) throw error;
    return false;
  }
}

function scratchText({ head }: Snapshot, session: string): string {
  return formatRecord({ ...EMPTY_RECORD, session, base: head, protocol: "rest" });
}

async function deleteGist(options: StaleWriteOptions): Promise<boolean> {
  const gist = new GistClient(options);
  try {
    await gist.request("DELETE", "");
    return true;
  } catch (error) {
    // An earlier failure is the one to report; the description explains the remaining gist.
    return error instanceof LockAccessError && error.status === 404;
  }
}
