import { type Clock, escapeText, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { originOf } from "../options/address.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { RESIGN_HEADER } from "../candidate/http.ts";
import { print, printError } from "../output/output.ts";
import { readOptions } from "../options/read.ts";

const OPTIONS = ["http", "wait"] as const;

const HELP: Help = {
  usage: "resign [OPTIONS]",
  about:
    "Makes the leader that serves this address step down: its work ends, the lock is released, and it " +
    "claims nothing until another has led or a lease has passed. Waits for the successor. The leader " +
    "must run with --http, or be `elector serve` (127.0.0.1:4040).",
  options: OPTIONS,
  examples: ["elector resign --http 127.0.0.1:4040"],
};

const DEFAULT_ADDRESS = { hostname: "127.0.0.1", port: 4040 };
const DEFAULT_WAIT_MS = 60_000;
const LOOK_PERIOD_MS = 200;

/** How long a candidate may take to answer, in milliseconds. It is on this machine. */
const ANSWER_MS = 5_000;

/** For how long the process that stepped down must be unreachable to count as ended, in milliseconds. */
const GONE_MS = 2_000;

/** Asks a candidate, and returns what it answers. */
export type AskCandidate = (path: "/" | "/resign") => Promise<Record<string, unknown>>;

/** What {@linkcode resign} needs. */
export interface ResignOptions {
  /** Asks the candidate. */
  readonly ask: AskCandidate;
  /** The clocks. */
  readonly clock: Clock;
  /** How long to wait for a successor, in milliseconds. */
  readonly wait: number;
  /** Says what happens. */
  readonly say: (text: string) => void;
  /** Says why it failed. */
  readonly complain: (text: string) => void;
}

/** `elector resign`: the leader on this machine steps down. */
export async function runResign(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const origin = originOf(values.http ?? DEFAULT_ADDRESS);
  return await resign({
    ask: (path) => ask(origin, path),
    clock: systemClock,
    wait: values.wait ?? DEFAULT_WAIT_MS,
    say: print,
    complain: (text) => printError(`elector: ${text}`),
  });
}

/** Makes a candidate step down, waits for its successor, and returns the exit code. */
export async function resign(options: ResignOptions): Promise<number> {
  const { ask, wait, say, complain } = options;
  const { identity } = await ask("/");
  const { resigned } = await ask("/resign");
  if (resigned !== true) {
    complain(`${shown(identity)} does not lead, so there is nothing to resign from`);
    return EXIT.failed;
  }
  say(`${shown(identity)} steps down`);
  const successor = await awaitSuccessor(identity, options);
  if (typeof successor === "string") {
    say(`${shown(successor)} leads now`);
    return EXIT.ok;
  }
  if (successor.hasEnded) {
    // With --once, or under a supervisor that stops it: it stepped down first, which is what was asked for.
    say(`${shown(identity)} has ended; who leads now is shown by \`elector status\``);
    return EXIT.ok;
  }
  complain(`nobody else has taken over within ${wait} ms${successor.remark}`);
  return EXIT.notAcquired;
}

interface NoSuccessor {
  /** Whether the process that stepped down is gone. */
  readonly hasEnded: boolean;
  /** Why it cannot be told, if it cannot. */
  readonly remark: string;
}

/** Who leads instead; asked of the process that stepped down for as long as it answers. */
async function awaitSuccessor(
  identity: unknown,
  { ask, clock, wait }: ResignOptions,
): Promise<string | NoSuccessor> {
  const giveUpAt = clock.monotonic() + wait;
  let goneSince: number | undefined;
  let remark = "";
  while (clock.monotonic() < giveUpAt) {
    try {
      const { leader } = await ask("/");
      if (typeof leader === "string" && leader !== identity) return leader;
      goneSince = undefined;
      remark = "";
    } catch (error) {
      goneSince = isUnreachable(error) ? goneSince ?? clock.monotonic() : undefined;
      remark = `; the last answer: ${error instanceof Error ? error.message : String(error)}`;
      if (goneSince !== undefined && clock.monotonic() - goneSince >= GONE_MS) break;
    }
    await clock.sleep(LOOK_PERIOD_MS);
  }
  return { hasEnded: goneSince !== undefined, remark };
}

function shown(value: unknown): string {
  return typeof value === "string" ? escapeText(value) : "this candidate";
}

/** No process listens at the address. */
export class UnreachableError extends CommandError {}

function isUnreachable(error: unknown): boolean {
  return error instanceof UnreachableError;
}

async function ask(origin: string, path: "/" | "/resign"): Promise<Record<string, unknown>> {
  const late = AbortSignal.timeout(ANSWER_MS);
  let status: number | undefined;
  try {
    const request = new Request(`${origin}${path}`, {
      method: path === "/" ? "GET" : "POST",
      headers: { [RESIGN_HEADER]: "resign" },
      redirect: "error",
      signal: late,
    });
    const response = await systemFetch(request);
    status = response.status;
    const body: unknown = await response.json();
    return Object(body);
  } catch (cause) {
    if (status !== undefined && !late.aborted) {
      throw new CommandError(
        EXIT.unavailable,
        `Cannot use the answer of ${origin}${path}: it is not a candidate's (status ${status})`,
        { cause },
      );
    }
    const why = late.aborted ? `no answer within ${ANSWER_MS} ms` : innermost(cause);
    const Kind = late.aborted ? CommandError : UnreachableError;
    throw new Kind(
      EXIT.unavailable,
      `Cannot reach a candidate at ${origin}: ${why}; one must run with --http there: see elector serve, elector run`,
      { cause },
    );
  }
}

/** What the network said: the runtime wraps it. */
function innermost(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return escapeText(text.replace(/^.*: (?=[^:]+$)/, "").replace(/ \(os error \d+\)$/, ""), 200);
}
