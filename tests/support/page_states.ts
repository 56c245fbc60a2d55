import type { PageData } from "../../cli/candidate/page/data.ts";
import type { SeenRequest, SeenTerm } from "../../cli/candidate/page/observations.ts";
import { VERSION } from "../../cli/version.ts";

/** The three states that are pictured in the documents. */
export type PageState = "leads" | "follows" | "store_lost";

const WALL = Date.UTC(2026, 2, 14, 9, 26, 53);
const NOW = 90_000_000;
const MINUTE = 60_000;
const EU = "eu-west-1/orders-7c9d8";
const US = "us-east-1/orders-51f02";

function term(token: number, holder: string, from: number, until?: number): SeenTerm {
  return {
    token,
    holder,
    isOwn: holder === EU,
    acquireTime: WALL - from * MINUTE,
    from: NOW - from * MINUTE,
    changedAt: NOW - (until ?? 0) * MINUTE,
    lease: MINUTE,
    version: `v${token}`,
    ended: until === undefined
      ? undefined
      : { at: NOW - until * MINUTE, how: holder === EU ? "resigned" : "released" },
  };
}

/** Latencies that look alike in each picture. */
function requests(count: number, isOk: (index: number) => boolean = () => true): SeenRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    ms: isOk(index) ? 140 + ((index * 37) % 90) + (index % 17 === 5 ? 180 : 0) : 10_000,
    isOk: isOk(index),
  }));
}

const FOLLOWS: PageData = {
  figures: {
    identity: EU,
    lock: "gist 5f1c… leader-election.json",
    role: "follower",
    isLeader: false,
    leader: US,
    token: 42,
    since: new Date(WALL - 54 * MINUTE).toISOString(),
    remainingSeconds: 0,
    leaseAgeSeconds: 14.2,
    storeReachable: true,
    lastContactSeconds: 2.4,
    lastError: null,
    refusedSeconds: null,
    pollPeriodSeconds: 5,
    version: VERSION,
    rank: 0,
    ready: true,
    preferredHolder: null,
  },
  fault: undefined,
  wall: WALL,
  now: NOW,
  lease: { seconds: 60, left: 45.8 },
  requestTimeout: 10_000,
  terms: [term(39, US, 310, 262), term(40, EU, 261.5, 141), term(41, US, 140.6, 54.7), {
    ...term(42, US, 54),
  }],
  requests: requests(60),
  failures: [],
};

const LEADS: PageData = {
  ...FOLLOWS,
  figures: {
    ...FOLLOWS.figures,
    role: "leader",
    isLeader: true,
    leader: EU,
    token: 43,
    since: new Date(WALL - 192 * MINUTE).toISOString(),
    remainingSeconds: 31.6,
    leaseAgeSeconds: 8.4,
    lastContactSeconds: 8.4,
  },
  lease: { seconds: 40, left: 31.6 },
  terms: [term(40, US, 460, 391), term(41, EU, 390.4, 301), term(42, US, 300.7, 192.5), {
    ...term(43, EU, 192),
  }],
};

const LOST = "Cannot reach api.github.com: no response within 10000 ms";

const STORE_LOST: PageData = {
  ...FOLLOWS,
  figures: {
    ...FOLLOWS.figures,
    leader: null,
    storeReachable: false,
    lastContactSeconds: 194,
    leaseAgeSeconds: 208,
    lastError: LOST,
  },
  fault: "The store was last reached 194000 ms ago: it must be at most 70000 ms",
  lease: null,
  terms: [
    ...FOLLOWS.terms.slice(0, 3),
    { ...term(42, US, 54), ended: { at: NOW - 148_000, how: "unrenewed" } },
  ],
  requests: requests(60, (index) => index < 47),
  failures: [{ at: NOW - 184_000, message: LOST }],
};

/** What the page shows in each state. */
export const PAGE_STATES: Readonly<Record<PageState, PageData>> = {
  leads: LEADS,
  follows: FOLLOWS,
  store_lost: STORE_LOST,
};
