import { isIdentity, MAX_RANK } from "../../lock/mod.ts";
import { parseGist } from "./gist_id.ts";
import { parseLock } from "./lock_url.ts";
import {
  brief,
  choice,
  count,
  duration,
  flag,
  type Option,
  optional,
  text,
  timing,
  withDefault,
} from "./option.ts";
import { parseAddress, parseCandidate, parseProbeUrl } from "./values.ts";

function lockOption(option: { env?: string; flag?: string; help: string }) {
  return optional(
    { ...option, value: "URL", isUnquoted: true },
    "s3://BUCKET/KEY, gs://BUCKET/OBJECT, az://ACCOUNT/CONTAINER/BLOB or gist:ID",
    parseLock,
  );
}

function price(env: string, help: string, fallback: number): Option<number> {
  const read = (text: string) => /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
  const option = optional({ env, value: "USD", help }, "a number of US dollars, such as 0.4", read);
  return withDefault(option, fallback, `${fallback}`);
}

const MOST_CANDIDATES = 100;

/** Every option of every command. A name has one meaning in all of them, except for those with a `flag`. */
export const OPTIONS = {
  lock: lockOption({ env: "ELECTOR_LOCK", help: "s3:// gs:// az:// or gist:ID" }),
  gist: optional(
    { env: "GIST_ID", value: "ID", help: "the gist's id or address", isUnquoted: true },
    "a gist's id of hexadecimal digits, or its address, such as https://gist.github.com/USER/ID",
    parseGist,
  ),
  file: text("NAME", "file [leader-election.json]", "ELECTOR_FILE"),
  protocol: choice({ env: "ELECTOR_PROTOCOL", help: "git or rest, all same [git]" }, [
    "git",
    "rest",
  ]),
  store: choice({ help: "gist or bucket [gist]" }, ["gist", "bucket"]),
  endpoint: brief(text("URL", "the bucket's service", "ELECTOR_ENDPOINT")),
  region: brief(text("NAME", "the bucket's region", "ELECTOR_REGION")),
  "path-style": brief(flag("the bucket's name is in the path", "ELECTOR_PATH_STYLE")),
  "strip-credentials": brief(
    flag("the command gets no AWS_*, AZURE_*, GOOGLE_*", "ELECTOR_STRIP_CREDENTIALS"),
  ),
  "from-lock": lockOption({ flag: "from", help: "the old lock" }),
  "to-lock": lockOption({ flag: "to", help: "the new lock" }),
  "write-price": price("ELECTOR_WRITE_PRICE", "$ for a million writes", 5),
  "read-price": price("ELECTOR_READ_PRICE", "$ for a million reads", 0.4),
  identity: text("NAME", "this candidate [host+random]", "ELECTOR_IDENTITY"),
  "token-file": text("PATH", "holds the access token", "ELECTOR_TOKEN_FILE"),
  "api-url": text("URL", "REST API other than GitHub's", "ELECTOR_API_URL"),
  "git-url": text("URL", "git host other than GitHub's", "ELECTOR_GIT_URL"),
  "lease-duration": timing("leaseDuration", "ELECTOR_LEASE_DURATION", "others wait"),
  "renew-deadline": timing("renewDeadline", "ELECTOR_RENEW_DEADLINE", "leads"),
  "retry-period": timing("retryPeriod", "ELECTOR_RETRY_PERIOD", "renews"),
  "poll-period": timing("pollPeriod", "ELECTOR_POLL_PERIOD", "polls"),
  "request-timeout": timing("requestTimeout", "ELECTOR_REQUEST_TIMEOUT", "one request"),
  rank: count({ env: "ELECTOR_RANK", value: "N", help: "0 takes over first" }, 0, [0, MAX_RANK]),
  failback: brief(duration("ELECTOR_FAILBACK", "ready that long, it requests the lead")),
  "no-failback": brief(flag("never request the lead, whatever ELECTOR_FAILBACK says")),
  "ready-url": brief(optional(
    { env: "ELECTOR_READY_URL", value: "URL", help: "2xx means ready", isUnquoted: true },
    "an http or https URL without a user name",
    parseProbeUrl,
  )),
  "ready-grace": brief(duration("ELECTOR_READY_GRACE", "hands over if not ready that long")),
  observe: flag("never lead, only report", "ELECTOR_OBSERVE"),
  to: optional(
    { value: "NAME", help: "the candidate that is to lead" },
    "a name of 1 to 128 characters, none of them a control character",
    (text) => isIdentity(text) ? text : undefined,
  ),
  grace: duration("ELECTOR_GRACE", "from TERM to KILL [<= 10s]"),
  wait: duration("ELECTOR_WAIT", "give up after this time"),
  once: flag("exit after one term", "ELECTOR_ONCE"),
  http: optional(
    { env: "ELECTOR_HTTP", value: "ADDR", help: "address of the HTTP server" },
    "a port, or an address such as 127.0.0.1:8080",
    parseAddress,
  ),
  json: flag("print lines of JSON", "ELECTOR_JSON"),
  "on-change": text("COMMAND", "run when the leader changes", "ELECTOR_ON_CHANGE"),
  verbose: brief(flag("log each request, too", "ELECTOR_VERBOSE")),
  quiet: brief(flag("log only errors and leaders", "ELECTOR_QUIET")),
  port: count({ value: "PORT", help: "port; 0 takes a free one" }, 0, [0, 65_535]),
  limit: count({ value: "N", help: "read at most N revisions" }, 100, [1, 1_000]),
  candidates: count(
    { env: "ELECTOR_CANDIDATES", value: "N", help: "number of candidates" },
    3,
    [1, 1_000],
  ),
  "read-only": flag("skip checks that write"),
  "candidate-urls": optional(
    { flag: "candidates", value: "URLS", help: "ask these instead", isUnquoted: true },
    `up to ${MOST_CANDIDATES} addresses such as http://10.0.0.1:4040, separated by commas`,
    (text) => {
      const urls = text.split(",").map(parseCandidate);
      const isRight = urls.length <= MOST_CANDIDATES && urls.every((url) => url !== undefined);
      // A leader that is named twice must not look like two.
      return isRight ? [...new Set(urls)] : undefined;
    },
  ),
  force: flag("confirm the forced release"),
  yes: flag("do not ask"),
  token: optional(
    { value: "N", help: "highest fencing token so far", isUnquoted: true },
    "a fencing token, an integer of up to 9 digits",
    (text) => /^\d{1,9}$/.test(text) ? Number(text) : undefined,
  ),
} satisfies Readonly<Record<string, Option<unknown>>>;

export type OptionName = keyof typeof OPTIONS;

/** What an option is called on the command line, without its dashes. */
export function flagOf(name: OptionName): string {
  const option: Option<unknown> = OPTIONS[name];
  return option.flag ?? name;
}

export type Values<K extends OptionName> = {
  readonly [N in K]: ReturnType<typeof OPTIONS[N]["read"]>;
};

export const HOST_OPTIONS = ["file", "protocol", "token-file", "api-url", "git-url"] as const;
export const BUCKET_OPTIONS = ["endpoint", "region", "path-style"] as const;

export const GIST_OPTIONS = ["gist", ...HOST_OPTIONS] as const;

export const LOCK_OPTIONS = ["lock", ...GIST_OPTIONS, ...BUCKET_OPTIONS] as const;

export const TIMING_OPTIONS = [
  "lease-duration",
  "renew-deadline",
  "retry-period",
  "poll-period",
  "request-timeout",
] as const;

/** What every process that may lead has. */
export const ELECTOR_OPTIONS = [...LOCK_OPTIONS, "identity", ...TIMING_OPTIONS] as const;

export const LOG_OPTIONS = ["json", "verbose", "quiet"] as const;

/** Which candidate should lead, if several could. */
export const PREFERENCE_OPTIONS = [
  "rank",
  "failback",
  "no-failback",
  "ready-url",
  "ready-grace",
] as const;

/** The options of `elector run`; its campaigner gets the same. */
export const RUN_OPTIONS = [
  ...ELECTOR_OPTIONS,
  ...PREFERENCE_OPTIONS,
  "grace",
  "wait",
  "once",
  "http",
  ...LOG_OPTIONS,
  "candidates",
  "strip-credentials",
] as const;
