import { DEFAULT_TIMINGS } from "../../elector/mod.ts";
import { parseAddress } from "./address.ts";
import { parseDuration } from "./duration.ts";

/** One option: how it is named, what it means where it is not given, and how its text is read. */
export interface Option<T> {
  /** Its variable in the environment; none for what is decided at each call. */
  readonly env?: string;
  /** What stands for its value in `--help`; a flag without a value has none. */
  readonly value?: string;
  /** Whether its value may be a secret that was given by mistake, and is never quoted. */
  readonly isUnquoted?: boolean;
  /** What `--help` says, default included. */
  readonly help: string;
  /** Reads its text; `undefined` where it is given nowhere. Throws a {@linkcode Refusal}. */
  readonly read: (text: string | undefined) => T;
}

/** Why a text is not a value of its option: the rule. */
export class Refusal extends Error {}

function seconds(ms: number): string {
  return `${ms / 1_000}s`;
}

function duration(env: string, help: string, fallback: number): Option<number> {
  return {
    env,
    value: "TIME",
    help: `${help} [${seconds(fallback)}]`,
    read: (text) => text === undefined ? fallback : readDuration(text),
  };
}

function optionalDuration(env: string, help: string): Option<number | undefined> {
  return {
    env,
    value: "TIME",
    help,
    read: (text) => text === undefined ? text : readDuration(text),
  };
}

function text(value: string, help: string, env?: string): Option<string | undefined> {
  return { ...(env !== undefined && { env }), value, help, read: (text) => text };
}

function flag(help: string, env?: string): Option<boolean> {
  return { ...(env !== undefined && { env }), help, read: readFlag };
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Refusal("a duration such as 15s, 1m or 500ms");
  return ms;
}

function readFlag(text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "0" || text === "false") return false;
  if (text === "1" || text === "true") return true;
  throw new Refusal("1 or 0, true or false");
}

function readProtocol(text: string | undefined): "git" | "rest" | undefined {
  if (text === undefined || text === "git" || text === "rest") return text;
  throw new Refusal('"git" or "rest"');
}

function readToken(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Refusal("a fencing token, an integer of up to 9 digits");
  return Number(text);
}

function readAddress(text: string | undefined): Deno.NetAddr | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  if (text !== undefined && !address) {
    throw new Refusal("a port, or an address such as 127.0.0.1:8080");
  }
  return address;
}

function count(value: string, help: string, fallback: number, most: number, env?: string) {
  const read = (text: string | undefined): number => {
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) > most) {
      throw new Refusal(`an integer from 0 to ${most}`);
    }
    return Number(text);
  };
  return { ...(env !== undefined && { env }), value, help: `${help} [${fallback}]`, read };
}

const T = DEFAULT_TIMINGS;

/** Every option of every command. A name means the same wherever it is taken. */
export const OPTIONS = {
  gist: text("ID", "the gist's id", "GIST_ID"),
  file: text("NAME", "file [leader-election.json]", "ELECTOR_FILE"),
  protocol: {
    env: "ELECTOR_PROTOCOL",
    value: "NAME",
    help: "git or rest, all alike [git]",
    read: readProtocol,
  },
  identity: text("NAME", "this candidate [host+random]", "ELECTOR_IDENTITY"),
  "token-file": text("PATH", "a file that holds the token", "ELECTOR_TOKEN_FILE"),
  "api-url": text("URL", "REST API, if not GitHub's own", "ELECTOR_API_URL"),
  "git-url": text("URL", "git host, if not GitHub's own", "ELECTOR_GIT_URL"),
  "lease-duration": duration("ELECTOR_LEASE_DURATION", "L: others wait this", T.leaseDuration),
  "renew-deadline": duration("ELECTOR_RENEW_DEADLINE", "D: a term's length", T.renewDeadline),
  "retry-period": duration("ELECTOR_RETRY_PERIOD", "R: renew this often", T.retryPeriod),
  "poll-period": duration("ELECTOR_POLL_PERIOD", "P: look this often", T.pollPeriod),
  "request-timeout": duration("ELECTOR_REQUEST_TIMEOUT", "one request", T.requestTimeout),
  grace: optionalDuration("ELECTOR_GRACE", "from TERM to KILL [<= 10s]"),
  wait: optionalDuration("ELECTOR_WAIT", "give up if not leader by then"),
  once: flag("end after one term", "ELECTOR_ONCE"),
  http: {
    env: "ELECTOR_HTTP",
    value: "ADDR",
    help: "status and metrics here",
    read: readAddress,
  },
  json: flag("lines of JSON", "ELECTOR_JSON"),
  port: count("PORT", "the port; 0 takes a free one", 0, 65_535),
  limit: count("N", "how many revisions at the most", 100, 1_000),
  candidates: count("N", "how many candidates", 3, 1_000, "ELECTOR_CANDIDATES"),
  force: flag("really do it"),
  yes: flag("without asking"),
  token: {
    value: "N",
    help: "tokens go on after this one",
    isUnquoted: true,
    read: readToken,
  },
} satisfies Readonly<Record<string, Option<unknown>>>;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof OPTIONS;

/** What the options of a command were read as. */
export type Values<K extends OptionName> = {
  readonly [N in K]: ReturnType<typeof OPTIONS[N]["read"]>;
};

/** Where a gist is, and how it is reached. */
export const GIST_OPTIONS = [
  "gist",
  "file",
  "protocol",
  "token-file",
  "api-url",
  "git-url",
] as const;

/** The timings of an election. */
export const TIMING_OPTIONS = [
  "lease-duration",
  "renew-deadline",
  "retry-period",
  "poll-period",
  "request-timeout",
] as const;
