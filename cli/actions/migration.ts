import { leaseDuration } from "../../elector/mod.ts";
import { type Clock, formatRecord, type LeaderElectionRecord } from "../../lock/mod.ts";
import { randomSession } from "../../lock/system.ts";
import { MOVED, type Store } from "../../store/mod.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { contentWithoutHolder, type Found, inspect, MAX_ATTEMPTS, swap } from "./stored.ts";

export interface MoveOptions {
  readonly from: Store;
  readonly to: Store;
  /** Creates the record in `to`, if there is none, so that tokens continue after this one. */
  readonly create: (token: number) => Promise<void>;
  readonly clock: Clock;
  /** How often a lease that has yet to expire is read, in milliseconds. */
  readonly pollPeriod: number;
  readonly report: (text: string) => void;
}

/**
 * Moves a lock to another store: retires it in the old one, by a record that every candidate refuses, and continues its
 * tokens in the new one. What was begun and not finished can be repeated.
 *
 * @returns The fencing token that the terms in the new store are above.
 * @throws {CommandError} If the lock is held, or the new store is in use.
 * @throws {LockError} If a store cannot be read or written.
 */
export async function moveLock(options: MoveOptions): Promise<number> {
  const { from, to, report } = options;
  // What is left must not be ended if the other store cannot be used.
  checkTarget(to, await inspect(to), (await inspect(from)).record?.leaderTransitions ?? 0);
  await to.prepare?.();
  const token = await endLock(options);
  report(`${from.describe()} is retired: no candidate leads there any more`);
  await goOn(options, token);
  report(`${to.describe()} continues with fencing tokens above ${token}`);
  return token;
}

/** Refuses a store whose tokens cannot continue after the given one. */
function checkTarget(to: Store, { record, snapshot }: Found, token: number): void {
  if (snapshot.content === undefined) return;
  if (!record) {
    throw refused(`The content of ${to.describe()} is not a record: use a separate file or object`);
  }
  if (record.protocol === MOVED) {
    throw refused(`Cannot move to ${to.describe()}: its own lock has moved to another store`);
  }
  if (record.holderIdentity !== "" && record.leaderTransitions < token) {
    throw refused(
      `${to.describe()} is in use, with fencing tokens lower than ${token}: use another`,
    );
  }
}

/** Ends the lock in the old store, unless that was done before. */
async function endLock({ from, clock, pollPeriod, report }: MoveOptions): Promise<number> {
  const session = randomSession();
  for (let sequence = 1; sequence <= MAX_ATTEMPTS; sequence++) {
    const found = await inspect(from);
    const { record, snapshot } = found;
    if (!record) {
      throw refused(`No record in ${from.describe()}: there is no lock to move`);
    }
    const { leaderTransitions: token } = record;
    if (record.protocol === MOVED) return token;
    if (record.holderIdentity !== "") {
      report(
        `Waiting ${leaseDuration(record) / 1_000} s to check that the last lease is not renewed`,
      );
      await untilLapsed(from, { record, snapshot }, { clock, pollPeriod });
    }
    const write = { session, sequence, base: snapshot.head, protocol: MOVED };
    const content = contentWithoutHolder(token, clock.wall(), write);
    if (await swap(from, content, snapshot)) return token;
  }
  throw refused(`${from.describe()} keeps changing: stop every candidate`);
}

/** Waits for the whole lease, from now: if it is renewed, a candidate still runs. */
async function untilLapsed(
  store: Store,
  { record, snapshot }: Pick<Found, "snapshot"> & { readonly record: LeaderElectionRecord },
  { clock, pollPeriod }: Pick<MoveOptions, "clock" | "pollPeriod">,
): Promise<void> {
  const lapsesAt = clock.monotonic() + leaseDuration(record);
  do {
    await clock.sleep(Math.min(pollPeriod, Math.max(0, lapsesAt - clock.monotonic())));
    if ((await inspect(store)).snapshot.version === snapshot.version) continue;
    throw refused(`${store.describe()} is in use: stop every candidate first`);
  } while (clock.monotonic() < lapsesAt);
}

async function goOn({ to, create, clock }: MoveOptions, token: number): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const found = await inspect(to);
    checkTarget(to, found, token);
    const { record, snapshot } = found;
    if (!record) await create(token);
    else if (record.leaderTransitions >= token) return;
    else {
      const content = formatRecord({
        ...record,
        renewTime: clock.wall(),
        leaderTransitions: token,
        session: randomSession(),
        sequence: attempt,
        base: snapshot.head,
        protocol: to.protocol,
      });
      if (await swap(to, content, snapshot)) return;
    }
  }
  throw refused(`${to.describe()} keeps changing: stop every candidate`);
}

function refused(message: string): CommandError {
  return new CommandError(EXIT.failed, message);
}
