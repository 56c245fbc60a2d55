import type { Clock, Fetch } from "../../lock/mod.ts";
import type { Log } from "../output/log.ts";
import type { Observations } from "./page/observations.ts";
import { seconds } from "./status.ts";

/** What is recorded of requests, and where. */
interface FetchObserver {
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly log: Log;
  readonly observations: Observations;
  /** How often each method had each result, such as `GET 200` and `PUT error`. */
  readonly counts: Map<string, number>;
  /** Called before each request. */
  readonly onStart?: () => void;
}

/** Wraps the network: counts requests by their result, and records how long they take. */
export function observedFetch(
  { clock, fetch, log, observations, counts, onStart }: FetchObserver,
): Fetch {
  const record = ({ method, url }: Request, result: string, isOk: boolean, startedAt: number) => {
    const key = `${method} ${result}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const ms = clock.monotonic() - startedAt;
    observations.sawRequest({ ms, isOk });
    // Without the path, which has the gist's id.
    const { host } = new URL(url);
    const text = `${method} ${host}: ${result} in ${Math.round(ms)} ms`;
    log("request", text, { method, host, result, seconds: seconds(ms) });
  };
  return async (request) => {
    onStart?.();
    const startedAt = clock.monotonic();
    try {
      const response = await fetch(request);
      record(request, `${response.status}`, response.status < 500, startedAt);
      return response;
    } catch (error) {
      record(request, "error", false, startedAt);
      throw error;
    }
  };
}
