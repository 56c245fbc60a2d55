import { storeContract } from "../contract/store_contract.ts";
import { DIALECTS, LocalBucketWorld } from "./bucket_world.ts";

/** What a gist owes, and an object of a bucket does not: each with the reason. */
const GIST_ONLY: readonly [does: string, reason: string][] = [
  [
    "reads a file that was never there as undefined, and writes it",
    "a missing object is never created",
  ],
  [
    "moves the head, not the version, when another file is edited",
    "an object has no other files",
  ],
  ["never writes after a file was deleted", "a bucket does not remember a deletion"],
  ["reads stale, but never mixed", "an object store never reads stale"],
];

/** Registers the tests of the contract; those of gists alone as ignored ones, so that they are seen. */
function registered(register: () => void): void {
  const { test } = Deno;
  const replacement = (name: string, body: () => Promise<void>) => {
    const skipped = GIST_ONLY.find(([does]) => name.endsWith(does));
    if (!skipped) return test(name, body);
    test({ name: `${name} (${skipped[1]})`, ignore: true, fn: body });
  };
  Object.defineProperty(Deno, "test", { value: replacement, configurable: true, writable: true });
  try {
    register();
  } finally {
    Object.defineProperty(Deno, "test", { value: test, configurable: true, writable: true });
  }
}

for (const dialect of DIALECTS) {
  registered(() =>
    storeContract(
      `BucketStore over ${dialect}`,
      (content) => new LocalBucketWorld(dialect, content),
    )
  );
}
