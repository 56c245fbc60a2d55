/**
 * An election in virtual time on the local gist server, by each protocol: the first candidate leads, is cut off, and the other
 * takes over; then that one is stopped, and the first leads again. Prints what happened, one line for each protocol. Runs
 * under any runtime.
 *
 * @module
 */

import { GistServer, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { FakeClock, GistLock, LeaderElector, type Term, type Types } from "../../mod.ts";

async function elect(protocol: Types.Protocol): Promise<string[]> {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ "leader-election.json": "{}" });
  const events: string[] = [];
  let isCutOff = false;
  const start = (identity: string) => {
    const fetch = (request: Request) =>
      identity === "eu" && isCutOff
        ? Promise.reject(new TypeError("the network is down"))
        : server.fetch(request);
    const lock = new GistLock({ id, token: LOCAL_TOKEN, identity, protocol, clock, fetch });
    const stop = new AbortController();
    const note = (what: string, { token }: Term) => {
      events.push(`${Math.round(clock.monotonic() / 1_000)} s: ${identity} ${what} ${token}`);
    };
    const elector = new LeaderElector({
      lock,
      clock,
      random: () => 0.5,
      onStartedLeading: (term) => note("starts", term),
      onStoppedLeading: (term, reason) => note(reason, term),
    });
    return { stop, done: elector.run({ signal: stop.signal }) };
  };
  const eu = start("eu");
  await clock.advance(10_000);
  const us = start("us");
  await clock.advance(20_000);
  isCutOff = true;
  await clock.advance(120_000);
  isCutOff = false;
  await clock.advance(20_000);
  us.stop.abort();
  await clock.advance(30_000);
  eu.stop.abort();
  await clock.advance(30_000);
  await Promise.all([eu.done, us.done]);
  return events;
}

for (const protocol of ["git", "rest"] as const) {
  console.log(JSON.stringify([protocol, ...await elect(protocol)]));
}
