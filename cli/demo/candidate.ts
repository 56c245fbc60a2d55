import { LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { GistLock, type Protocol } from "../../gist/mod.ts";
import { systemClock } from "../../lock/mod.ts";
import type { CandidateRecord } from "./events.ts";
import { EXIT } from "../exit_codes.ts";
import { readLines } from "../run/lines.ts";
import { print } from "../output/output.ts";

/** What a candidate of the demo is told: one line of JSON on its stdin, where no other process can read the token. */
export interface CandidateConfig {
  /** Its identity. */
  readonly region: string;
  /** Where the gist server is. */
  readonly baseUrl: string;
  /** The gist. */
  readonly id: string;
  /** The token for the gist server. */
  readonly token: string;
  /** How candidates exclude each other; `undefined` for the lock's default. */
  readonly protocol?: Protocol | undefined;
  /** The timings of the election. */
  readonly timings: Timings;
}

const clock = systemClock;
/** How often a leader looks whether its term was renewed. */
const LOOK_MS = 50;

/** Campaigns until it is told to stop, by SIGTERM, or by the end of its stdin: then whoever started it is gone. */
export async function runCandidate(): Promise<number> {
  const lines = readLines(Deno.stdin.readable);
  const { value: line } = await lines.next();
  if (line === undefined) return EXIT.usage;
  const config: CandidateConfig = JSON.parse(line);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  lines.next().finally(() => stop.abort());
  await campaign(config, stop.signal);
  return EXIT.ok;
}

async function campaign(config: CandidateConfig, signal: AbortSignal): Promise<void> {
  const { region: identity, protocol, timings, ...gist } = config;
  const { requestTimeout } = timings;
  const lock = new GistLock({ ...gist, identity, requestTimeout, ...(protocol && { protocol }) });
  record({ type: "joined", at: clock.wall(), pid: Deno.pid, lock: lock.describe() });
  const elector = new LeaderElector({
    lock,
    ...timings,
    onStartedLeading: recordTerm,
    onStoppedLeading: (term, reason) => record({ type: "ended", ...readTerm(term), reason }),
    onError: (error) => record({ type: "trouble", at: clock.wall(), message: String(error) }),
  });
  await elector.run({ signal });
}

/** The work of a term: to record how its deadline moves on, until the term's signal aborts. */
async function recordTerm(term: Term): Promise<void> {
  record({ type: "leads", ...readTerm(term) });
  for (let known = term.validUntil;;) {
    await clock.sleep(LOOK_MS, { signal: term.signal });
    if (term.validUntil === known) continue;
    known = term.validUntil;
    record({ type: "renewed", ...readTerm(term) });
  }
}

/** A term's deadline is a reading of this process's monotonic clock; the demo compares processes by the wall clock. */
function readTerm({ token, validUntil }: Term): { token: number; at: number; validUntil: number } {
  const at = clock.wall();
  return { token, at, validUntil: at + validUntil - clock.monotonic() };
}

function record(record: CandidateRecord): void {
  print(JSON.stringify(record));
}
