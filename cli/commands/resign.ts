import { type Clock, escapeText, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { RESIGN_HEADER } from "../candidate/http.ts";
import { iso } from "../candidate/status.ts";
import { command } from "../command.ts";
import { CommandError, messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { DEFAULT_ADDRESS, originOf } from "../options/values.ts";
import { print, printError } from "../output/output.ts";
import { formatSeconds } from "../output/terminal.ts";

const DEFAULT_WAIT_MS = 60_000;
const POLL_PERIOD_MS = 200;

/** How long a candidate may take to respond, in milliseconds. It is on this machine. */
const RESPONSE_MS = 5_000;

/** How long the process that stepped down must be unreachable to count as ended, in milliseconds. */
const GONE_MS = 2_000;

export const RESIGN = command({
  name: "resign",
  summary: "Make the local leader step down",
  about:
    "Makes the leader that serves this address step down: its work ends, the lock is released, and it " +
    "waits until another candidate has led or a lease has expired. With --to, the named " +
    "candidate claims first. Waits for the successor. The leader must be `elector serve` " +
    "(127.0.0.1:4040) or run with --http.",
  options: ["http", "to", "wait", "json"],
  examples: ["elector resign --http 127.0.0.1:4040 --to us-east-1"],

  async run(values) {
    const origin = originOf(values.http ?? DEFAULT_ADDRESS);
    return await resign({
      request: (path, to) => request(origin, path, to),
      clock: systemClock,
      to: values.to,
      wait: values.wait ?? DEFAULT_WAIT_MS,
      report: (text) => values.json || print(text),
      onEnd: (end) =>
        values.json && print(JSON.stringify({ time: iso(systemClock.wall()), ...end })),
      reportFailure: (text) => printError(`elector: ${text}`),
    });
  },
});

/** Sends a request to a candidate, and returns its response. A name goes with `/resign`: of the candidate to hand over to. */
export type RequestCandidate = (
  path: "/" | "/resign",
  to?: string,
) => Promise<Record<string, unknown>>;

/** The result as JSON; names are those of `elector handover --json`. */
export interface ResignEnd {
  /** `"ended"` if the process that stepped down has ended, so that its successor is not known. */
  readonly outcome: "leads already" | "handed over" | "other leads" | "late" | "ended";
  readonly from: string;
  readonly to: string | null;
  readonly leader: string | null;
}

interface ResignOptions {
  readonly request: RequestCandidate;
  readonly clock: Clock;
  /** The candidate that is to lead; any, if it is left out. */
  readonly to?: string | undefined;
  /** How long to wait for a successor, in milliseconds. */
  readonly wait: number;
  readonly report: (text: string) => void;
  readonly reportFailure: (text: string) => void;
  readonly onEnd?: (end: ResignEnd) => void;
}

/** Makes a candidate step down, waits for its successor, and returns the exit code. */
export async function resign(options: ResignOptions): Promise<number> {
  const { request, to, wait, report, reportFailure } = options;
  const { identity, ...status } = await request("/");
  if (typeof identity !== "string") {
    throw new CommandError(EXIT.unavailable, "The response is not a candidate's: check --http");
  }
  const end = (outcome: ResignEnd["outcome"], leader: string | null = null) => {
    options.onEnd?.({ outcome, from: identity, to: to ?? null, leader });
  };
  const fail = (text: string, code: number) => {
    reportFailure(text);
    return code;
  };
  const [name = "", next = ""] = [identity, to ?? ""].map((text) => escapeText(text));
  if (to !== undefined) {
    if (to === identity && status.isLeader === true) {
      report(`${next} leads already`);
      end("leads already", to);
      return EXIT.ok;
    }
    if (!("preferredHolder" in status)) {
      const fault = "runs a version that cannot hand over to a named candidate: leave --to out";
      return fail(`${name} ${fault}`, EXIT.failed);
    }
  }
  const { resigned } = await request("/resign", to);
  if (resigned !== true) return fail(`${name} does not lead, so it cannot step down`, EXIT.failed);
  report(`${name} ${to === undefined ? "steps down" : `hands over to ${next}`}`);
  const successor = await awaitSuccessor(identity, options);
  if (typeof successor === "string") {
    const isOther = to !== undefined && successor !== to;
    end(isOther ? "other leads" : "handed over", successor);
    const leads = `${escapeText(successor)} leads now`;
    if (isOther) return fail(`${leads}, not ${next}`, EXIT.notAcquired);
    report(leads);
    return EXIT.ok;
  }
  end(successor.hasEnded ? "ended" : "late");
  if (successor.hasEnded) {
    // With --once, or under a supervisor that stops it: it stepped down first, as requested.
    report(`${name} has ended; \`elector status\` shows the current leader`);
    return EXIT.ok;
  }
  const who = to === undefined ? "no other candidate" : `neither ${next} nor another candidate`;
  return fail(
    `${who} has taken over within ${formatSeconds(wait)}${successor.remark}`,
    EXIT.notAcquired,
  );
}

/** Waits for the next leader, as the process that stepped down reports it; or returns whether that is gone. */
async function awaitSuccessor(identity: string, { request, clock, wait }: ResignOptions) {
  const giveUpAt = clock.monotonic() + wait;
  let goneSince: number | undefined;
  let remark = "";
  while (clock.monotonic() < giveUpAt) {
    try {
      const { leader } = await request("/");
      if (typeof leader === "string" && leader !== identity) return leader;
      goneSince = undefined;
      remark = "";
    } catch (error) {
      goneSince = error instanceof UnreachableError ? goneSince ?? clock.monotonic() : undefined;
      remark = `; the last failure: ${messageOf(error)}`;
      if (goneSince !== undefined && clock.monotonic() - goneSince >= GONE_MS) break;
    }
    await clock.sleep(POLL_PERIOD_MS);
  }
  return { hasEnded: goneSince !== undefined, remark };
}

/** No process listens at the address. */
export class UnreachableError extends CommandError {}

async function request(
  origin: string,
  path: "/" | "/resign",
  to?: string,
): Promise<Record<string, unknown>> {
  const timeout = AbortSignal.timeout(RESPONSE_MS);
  const query = to === undefined ? "" : `?to=${encodeURIComponent(to)}`;
  let status: number | undefined;
  try {
    const response = await systemFetch(
      new Request(`${origin}${path}${query}`, {
        method: path === "/" ? "GET" : "POST",
        headers: { [RESIGN_HEADER]: "resign" },
        redirect: "error",
        signal: timeout,
      }),
    );
    status = response.status;
    const body: unknown = await response.json();
    return Object(body);
  } catch (cause) {
    if (status !== undefined && !timeout.aborted) {
      throw new CommandError(
        EXIT.unavailable,
        `The response of ${origin}${path} is not a candidate's (status ${status}): check --http`,
        { cause },
      );
    }
    const why = timeout.aborted ? `no response within ${RESPONSE_MS} ms` : innermost(cause);
    const Kind = timeout.aborted ? CommandError : UnreachableError;
    throw new Kind(
      EXIT.unavailable,
      `Cannot reach a candidate at ${origin}: ${why}; start it with --http, see elector serve and elector run`,
      { cause },
    );
  }
}

/** The network's own message: the runtime wraps it. */
function innermost(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  const text = messageOf(cause).replace(/^.*: (?=[^:]+$)/, "").replace(/ \(os error \d+\)$/, "");
  return escapeText(text, 200);
}
