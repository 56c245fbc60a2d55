import { type Clock, type Fetch, systemClock } from "../../lock/mod.ts";

/**
 * One request at a time, and a pause after each that writes: GitHub asks for both, and a read that follows a write at once
 * may be stale.
 *
 * @param send Sends a request.
 * @param pauseMs How long nothing is sent after a write, in milliseconds.
 * @param clock The clock.
 */
export function pacedFetch(send: Fetch, pauseMs: number, clock: Clock = systemClock): Fetch {
  let ready: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answer = ready.then(() => {
      request.signal.throwIfAborted();
      return send(request);
    });
    const pause = request.method === "GET" ? 0 : pauseMs;
    ready = answer.catch(() => {}).then(() => clock.sleep(pause));
    return answer;
  };
}
