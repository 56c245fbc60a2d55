import { initBucket } from "../../bucket/mod.ts";
import { EMPTY_RECORD, formatRecord, systemClock } from "../../lock/mod.ts";
import type { Store } from "../../store/mod.ts";
import { moveLock } from "../actions/migration.ts";
import { command } from "../command.ts";
import { CommandError, usageError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { bucketOptions, openStore } from "../options/lock.ts";
import { isBucket, oneLock } from "../options/lock_url.ts";
import { BUCKET_OPTIONS, HOST_OPTIONS, type Values } from "../options/options.ts";
import { withChanges } from "../options/read.ts";
import { readPollPeriod } from "../options/timings.ts";
import { print } from "../output/output.ts";

const NAMES = ["from-lock", "to-lock", ...HOST_OPTIONS, ...BUCKET_OPTIONS, "poll-period"] as const;

type MigrateValues = Values<typeof NAMES[number]>;

export const MIGRATE = command({
  name: "migrate",
  summary: "Move a lock to another store, with its fencing tokens",
  about:
    "Moves a lock, such as from a gist to a bucket. Stop every candidate first. The old store gets a record that every " +
    "candidate refuses, so that a forgotten one cannot lead there; tokens continue after the last one. " +
    "If it fails half-way, run it again.",
  usage: "--from URL --to URL",
  options: NAMES,
  examples: ["elector migrate --from gist:$GIST_ID --to s3://BUCKET/lock.json"],

  async run(values) {
    const { "from-lock": from, "to-lock": to } = values;
    if (from === undefined) throw usageError("No lock to move: use --from URL");
    if (to === undefined) throw usageError("No lock to move to: use --to URL");
    if (from === to) throw usageError("--from and --to must be two locks, got the same one twice");
    const pollPeriod = readPollPeriod(values);
    const target = open(values, to);
    await moveLock({
      from: open(values, from),
      to: target,
      create: (token) => create(values, to, target, token),
      clock: systemClock,
      pollPeriod,
      report: print,
    });
    print("Start the candidates on the new one only.");
    return EXIT.ok;
  },
});

function open(values: MigrateValues, lock: string): Store {
  return openStore(withChanges(values, oneLock({ lock, gist: undefined }, false)));
}

/** Creates the record that follows the term of a token. */
async function create(
  values: MigrateValues,
  lock: string,
  store: Store,
  token: number,
): Promise<void> {
  const bucket = bucketOptions({ ...values, lock: isBucket(lock) ? lock : undefined });
  if (bucket) return void await initBucket({ ...bucket, tokenFloor: token });
  const absent = await store.read({ proof: true });
  if (absent.content !== undefined) {
    throw new CommandError(EXIT.failed, `${store.describe()} has just been created: run it again`);
  }
  const keys = { leaderTransitions: token, protocol: store.protocol, base: absent.head };
  await store.compareAndSwap(formatRecord({ ...EMPTY_RECORD, ...keys }), absent);
}
