const NEVER_CREATED = "an election never creates the object";
const NO_OTHER_FILES = "an object has no other files";
const NEVER_STALE = "an object store never reads stale";

/** What a store of a gist owes, and one of a bucket does not. */
export const STORE_SKIPS = new Map([
  ["reads a file that was never there as undefined, and writes it", NEVER_CREATED],
  ["moves the head, not the version, when another file is edited", NO_OTHER_FILES],
  ["never writes after a file was deleted", "a bucket does not remember a deletion"],
  ["reads stale, but never mixed", NEVER_STALE],
]);

/** What a lock of a gist owes where nothing fails, and one of a bucket does not. */
export const LOCK_SKIPS = new Map([2, 4, 8].map((
  racers,
) => [`lets one of ${racers} racing create()s win`, NEVER_CREATED]));

/** What it owes when hands and networks interfere, and one of a bucket does not. */
export const GIST_SKIPS = new Map([
  ["keeps its version when another file is edited", NO_OTHER_FILES],
  [
    "is not created again once it was deleted, until a hand brings it back",
    "see bucket_lock_test.ts: a bucket does not remember a deletion",
  ],
  ["finds by reading that a create() whose answer was lost is in effect", NEVER_CREATED],
  [
    "pairs the old record with its old version in a stale read, and a write after it is void",
    NEVER_STALE,
  ],
]);
