import { findToken, TOKEN_FILE, TOKEN_VARIABLES } from "../../cli/options/token.ts";
import type { Protocol } from "../../gist/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { electInTurn } from "./live_election.ts";
import { type LiveSite, makeLiveWorld, makeLock } from "./live_world.ts";
import { pacedFetch } from "./paced_fetch.ts";

const PROTOCOLS: readonly Protocol[] = ["rest", "git"];
/** Between writes: GitHub asks for a second. */
const WRITE_PAUSE_MS = 1_500;
/** As short as answers that take seconds allow. */
const TIMINGS = {
  leaseDuration: 30_000,
  renewDeadline: 24_000,
  retryPeriod: 12_000,
  pollPeriod: 2_000,
  requestTimeout: 10_000,
};

const found = findToken();
const gistId = Deno.env.get("GIST_ID");
const missing = [
  ...(found ? [] : [`a token (${TOKEN_VARIABLES.join(" or ")}, or ~/${TOKEN_FILE})`]),
  ...(gistId ? [] : ["GIST_ID (a secret gist with a file leader-election.json)"]),
];

if (found && gistId) {
  const site: LiveSite = {
    apiUrl: "https://api.github.com",
    baseUrl: undefined,
    token: found,
    fetch: pacedFetch(systemFetch, WRITE_PAUSE_MS),
  };
  for (const protocol of PROTOCOLS) {
    // Of races, the smallest: 500 writes an hour is all that an account may make.
    lockContract(`GitHub by ${protocol}:`, () => makeLiveWorld(site, protocol), {
      racers: [2],
      rounds: 2,
    });
  }
  Deno.test("GitHub: two candidates lead in turn in the gist GIST_ID", async () => {
    await electInTurn([
      makeLock(site, { id: gistId, identity: "live-test-a" }),
      makeLock(site, { id: gistId, identity: "live-test-b" }),
    ], TIMINGS);
  });
} else {
  Deno.test.ignore(`GitHub: skipped, as it needs ${missing.join(" and ")}`, () => {});
}
