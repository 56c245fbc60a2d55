import { type Clock, escapeText, type Fetch } from "../../lock/mod.ts";
import { messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { type Check, fail, pass, type Result, skip } from "./check.ts";

/** Options of {@linkcode readinessCheck}. */
export interface ReadinessOptions {
  /** Where the workload says whether it is ready. */
  readonly url: string | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** How long the response may take, in milliseconds. */
  readonly timeout: number;
}

/** Checks that the workload is ready to lead: its URL responds with a 2xx status in time. */
export function readinessCheck(options: ReadinessOptions): Check {
  const { url } = options;
  return {
    name: "workload",
    run: () => url === undefined ? skip("no --ready-url was given") : readiness(url, options),
  };
}

async function readiness(url: string, options: ReadinessOptions): Promise<Result> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return fail(EXIT.config, "--ready-url must be an http or https URL");
  }
  // The rest of the URL may hold a secret.
  const where = escapeText(new URL(url).host, 80);
  try {
    const status = await statusWithin(url, options);
    if (status >= 200 && status <= 299) return pass(`${where} is ready (status ${status})`);
    return fail(
      EXIT.failed,
      `${where} is not ready (status ${status}): look at the workload's own health`,
    );
  } catch (error) {
    return fail(
      EXIT.failed,
      `${where} is not ready (${
        messageOf(error).replaceAll(url, where)
      }): start the workload, or ` +
        "correct --ready-url",
    );
  }
}

async function statusWithin(
  url: string,
  { fetch, clock, timeout }: ReadinessOptions,
): Promise<number> {
  const [done, overdue] = [new AbortController(), new AbortController()];
  const late = clock.sleep(timeout, { signal: done.signal }).then(() => {
    const error = new Error(`no response within ${timeout} ms`);
    overdue.abort(error);
    throw error;
  });
  late.catch(() => {});
  try {
    const request = new Request(url, { redirect: "manual", signal: overdue.signal });
    const response = await Promise.race([fetch(request), late]);
    await response.body?.cancel();
    return response.status;
  } finally {
    done.abort();
  }
}
