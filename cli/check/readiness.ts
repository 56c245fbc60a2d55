import { Readiness } from "../candidate/readiness.ts";
import { type Clock, escapeText, type Fetch } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { type Check, fail, pass, skip } from "./check.ts";

/** Options of {@linkcode readinessCheck}. */
export interface ReadinessOptions {
  /** Where the workload says whether it is ready. */
  readonly url: URL | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** How often a candidate asks it, in milliseconds. */
  readonly period: number;
}

/** Checks that the workload is ready to lead, as a candidate finds it. */
export function readinessCheck({ url, ...options }: ReadinessOptions): Check {
  return {
    name: "workload",
    async run() {
      if (url === undefined) return skip("no --ready-url was given");
      // The rest of the URL may hold a secret.
      const host = escapeText(url.host, 80);
      let reason: string | undefined;
      const onChange = (_: boolean, found: string | undefined) => reason = found;
      await new Readiness({ url, onChange, ...options }).ask();
      if (reason === undefined) return pass(`${host} is ready`);
      return fail(
        EXIT.failed,
        `${host} is not ready: ${reason}; start the workload, or correct --ready-url`,
      );
    },
  };
}
