import { command } from "../command.ts";
import { messageOf } from "../errors.ts";
import { LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { systemClock } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { print } from "../output/output.ts";
import { readLines } from "../run/lines.ts";
import { Stop } from "../run/signals.ts";
import type { CandidateRecord } from "./events.ts";
import { type LockConfig, openLock } from "./place.ts";

/** The configuration of a demo candidate: a line of JSON on stdin. */
export interface CandidateConfig {
  readonly region: string;
  readonly lock: LockConfig;
  readonly timings: Timings;
}

const clock = systemClock;

/** How often a leader checks whether its term was renewed. */
const CHECK_MS = 50;

/** Campaigns until SIGTERM, or until the end of its stdin: then the demo is gone. */
export const DEMO_CANDIDATE = command({
  name: "demo-candidate",
  summary: "One candidate of the demo, steered through stdin",
  isHidden: true,
  about: "Campaigns for `elector demo`, which starts it.",
  options: [],
  examples: [],

  async run() {
    const lines = readLines(Deno.stdin.readable);
    const { value: line } = await lines.next();
    if (line === undefined) return EXIT.usage;
    const config: CandidateConfig = JSON.parse(line);
    const stop = new Stop();
    lines.next().finally(() => stop.abort());
    await campaign(config, stop.signal);
    return EXIT.ok;
  },
});

async function campaign(config: CandidateConfig, signal: AbortSignal): Promise<void> {
  const { region, timings } = config;
  const lock = openLock(config.lock, region, timings.requestTimeout);
  record({ type: "joined", at: clock.wall(), pid: Deno.pid, lock: lock.describe() });
  const elector = new LeaderElector({
    lock,
    ...timings,
    onStartedLeading: recordTerm,
    onStoppedLeading: (term, reason) => record({ type: "ended", ...readTerm(term), reason }),
    onError: (error) => record({ type: "failed", at: clock.wall(), message: messageOf(error) }),
  });
  await elector.run({ signal });
}

/** The work of a term: records how its deadline moves, until the term's signal aborts. */
async function recordTerm(term: Term): Promise<void> {
  record({ type: "leads", ...readTerm(term) });
  for (let known = term.validUntil;;) {
    await clock.sleep(CHECK_MS, { signal: term.signal });
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
