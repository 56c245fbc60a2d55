import { type Fault as BucketFault, faults as bucket } from "../../../../bucket/server/mod.ts";
import { type Fault, faults } from "../../../../gist/server/mod.ts";
import type { Clock } from "../../../../lock/mod.ts";

/** A kind of fault: what befalls one request. */
export type NetworkFault = keyof typeof GIST_FAULTS | keyof typeof BUCKET_FAULTS;

/** How long, at the most, a fault may last. */
export interface Spans {
  /** The candidates' time-out for one request, in milliseconds. */
  readonly requestTimeout: number;
  /** How late a write may land, in milliseconds. */
  readonly latest: number;
  /** Until when requests may be limited, in milliseconds from now. */
  readonly limit: number;
}

/** A PATCH may be answered after a while: how long, in milliseconds. */
const answerAfter = (random: () => number, { requestTimeout }: Spans) => ({
  answerAfter: random() < 0.5 ? 0 : random() * requestTimeout,
});
const some = (random: () => number) => 1 + Math.floor(random() * 3);

type MakeFault<F> = (random: () => number, spans: Spans) => F;

const coin = (random: () => number) => ({ applied: random() < 0.5 });

/** What networks and GitHub do to requests, by name. */
export const GIST_FAULTS = {
  "request lost": () => faults.requestLost(),
  "answer lost": () => faults.answerLost(),
  "no answer": (random) => faults.hanging(coin(random)),
  "slow": (random, { requestTimeout }) =>
    faults.delayed(random() * requestTimeout, random() * requestTimeout),
  "lands late": (random, { latest }) => faults.appliedLate(random() * latest),
  "applied twice": () => faults.appliedTwice(),
  "stale read": (random) => faults.staleRead(some(random)),
  "history behind": (random, spans) =>
    faults.historyBehind(some(random), answerAfter(random, spans)),
  "text behind": (random, spans) => faults.textBehind(some(random), answerAfter(random, spans)),
  "not there yet": (random) => faults.notYet(random() < 0.5 ? 404 : 422),
  "409": (random) => faults.conflict(coin(random)),
  "422": (random) => faults.validationFailed(coin(random)),
  "5xx": (random) => faults.serverError(500 + Math.floor(random() * 5), coin(random)),
  "web page": () => faults.htmlAnswer(),
  "no history": () => faults.withoutHistory(),
  "token refused": (random) => faults.refused(random() < 0.5 ? 401 : 404, "Bad credentials"),
  "primary limit": (random, { limit }) => faults.primaryRateLimit(random() * limit),
  "secondary limit": (random, { limit }) =>
    random() < 0.2 ? faults.secondaryRateLimit({ status: 429 }) : faults.secondaryRateLimit({
      retryAfter: Math.ceil(random() * limit / 1_000),
    }),
} as const satisfies Record<string, MakeFault<Fault>>;

/** What networks and object stores do to requests, by name. */
export const BUCKET_FAULTS = {
  "request lost": () => bucket.requestLost(),
  "answer lost": () => bucket.answerLost(),
  "no answer": (random) => bucket.hanging(coin(random)),
  "slow": (random, { requestTimeout }) =>
    bucket.delayed(random() * requestTimeout, random() * requestTimeout),
  "lands late": (random, { latest }) => bucket.appliedLate(random() * latest),
  "refused and lands late": (random, { latest }) => failedFirst(random() * latest),
  "applied twice": () => bucket.appliedTwice(),
  "409": (random) => bucket.conflict(coin(random)),
  "500 for 412": () => bucket.refusedAs500(),
  "5xx": (random) =>
    bucket.storeError(500 + Math.floor(random() * 5), "InternalError", coin(random)),
  "slow down": (random) => bucket.slowDown(coin(random)),
  "too many requests": () => bucket.storeError(429, "SlowDown"),
  "web page": () => bucket.htmlAnswer(),
  "access denied": () => bucket.storeError(403, "AccessDenied"),
  "expired": () => bucket.storeError(403, "ExpiredToken"),
} as const satisfies Record<string, MakeFault<BucketFault>>;

/** The store gives up at once, and makes the write anyway. */
function failedFirst(ms: number): BucketFault {
  return (request, proceed, clock) => {
    clock.sleep(ms).then(() => proceed()).catch(() => {});
    return bucket.storeError(500)(request, proceed, clock);
  };
}

/** Every fault of a gist's network, by name. */
export const GIST_FAULT_NAMES = Object.keys(GIST_FAULTS) as NetworkFault[];
/** Every fault of a bucket's network, by name. */
export const BUCKET_FAULT_NAMES = Object.keys(BUCKET_FAULTS) as NetworkFault[];

/** Answers that are made of two instants. By git there are none. */
const MIXED: readonly NetworkFault[] = ["history behind", "text behind"];

/** What makes a writer doubt. */
const LOST: readonly NetworkFault[] = ["answer lost"];

/** With these, the sender of a request that is served gets no response. */
const DEAF: ReadonlySet<NetworkFault> = new Set([
  "answer lost",
  "no answer",
  "lands late",
  "refused and lands late",
  "5xx",
]);

/** What a network is like. */
export interface NetworkOptions {
  readonly random: () => number;
  /** Which faults there are, and how likely one is for a request, from 0 to 1. */
  readonly faults: readonly NetworkFault[];
  readonly probability: number;
  /** How likely an answer is to be made of two instants, besides. */
  readonly mixedness: number;
  /** How likely an answer is to be lost, besides. */
  readonly deafness: number;
  /** How long a request or an answer takes, at the most, where nothing befalls it, in milliseconds. */
  readonly latency: number;
  /** The bounds of faults that begin now; `undefined` once the weather is calm. */
  readonly spans: () => Spans | undefined;
  /** Is told of each fault that befalls a request. */
  readonly onFault: (fault: NetworkFault) => void;
  /** Is told when the server has acted on a request, and whether its answer is lost. */
  readonly onServed: (isLost: boolean) => void;
}

/** What stands between a request and its response, on either server. */
type AnyFault<R, H> = (
  request: R,
  proceed: (how?: H) => Promise<Response>,
  clock: Clock,
) => Promise<Response>;

/** What stands between the candidates and the server: latency always, and a fault now and then. */
export function makeNetwork<R, H>(
  options: NetworkOptions,
  table: Partial<Record<NetworkFault, MakeFault<AnyFault<R, H>>>>,
): AnyFault<R, H> {
  const { random, latency } = options;
  return (request, proceed, clock) => {
    let isLost = false;
    const travel = async (how?: H) => {
      await clock.sleep(random() * latency);
      const response = await proceed(how);
      options.onServed(isLost);
      await clock.sleep(random() * latency);
      return response;
    };
    const spans = options.spans();
    if (!spans) return travel();
    const drawn = random();
    const isMixed = drawn >= 1 - options.mixedness;
    const isDeaf = drawn >= 1 - options.mixedness - options.deafness;
    if (!isDeaf && drawn >= options.probability) return travel();
    const names = isMixed ? MIXED : isDeaf ? LOST : options.faults;
    const name = names[Math.floor(random() * names.length)];
    const make = name && table[name];
    if (!make) return travel();
    options.onFault(name);
    isLost = DEAF.has(name);
    return make(random, spans)(request, travel, clock);
  };
}
