import { type Clock, type Fetch, type Instant, readClock } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { formatDuration } from "../output/terminal.ts";
import { type Check, fail, pass, type Result, skip } from "./check.ts";

/** The time by a server, and by this machine when its response came. */
export interface DateSample {
  /** In milliseconds since the Unix epoch; whole seconds. */
  readonly date: number;
  readonly at: Instant;
}

/** How far clocks may drift apart, as a part of the time that passed: what the lease's guard absorbs. */
const MOST_DRIFT = 0.025;
/** How far the clocks of this machine may differ without a reason, in milliseconds. */
const SLACK = 500;
/** A `Date` header is cut down to a second, and a response takes time. */
const DATE_SLACK = 2_000;

/** Passes requests on, and notes the `Date` of each response. */
export class DateObserver {
  readonly samples: DateSample[] = [];
  readonly #fetch: Fetch;
  readonly #clock: Clock;

  constructor(fetch: Fetch, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  readonly fetch: Fetch = async (request) => {
    const response = await this.#fetch(request);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (Number.isFinite(date)) this.samples.push({ date, at: readClock(this.#clock) });
    return response;
  };
}

/** Compares this machine's clocks with each other, and with the `Date` of the responses. */
export function clockCheck(
  observer: Pick<DateObserver, "samples">,
  clock: Clock,
  startedAt: Instant,
): Check {
  const run = () => clockResult(observer.samples, startedAt, readClock(clock));
  return { name: "clock", run };
}

function clockResult(samples: readonly DateSample[], start: Instant, end: Instant): Result {
  const passed = end.monotonic - start.monotonic;
  const jump = (end.wall - start.wall) - passed;
  const took = formatDuration(passed);
  if (Math.abs(jump) > SLACK + MOST_DRIFT * passed) {
    return fail(
      EXIT.failed,
      `the wall clock moved by ${signed(jump)} against the monotonic clock in ${took}: was it ` +
        "set, or this machine suspended? If neither, repair its time service before it leads",
    );
  }
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return skip("no response had a Date header");
  const offset = last.at.wall - (last.date + 500);
  const span = last.at.monotonic - first.at.monotonic;
  const storeSpan = last.date - first.date;
  if (Math.abs(span - storeSpan) > DATE_SLACK + MOST_DRIFT * span) {
    const [own, theirs] = [span, storeSpan].map(formatDuration);
    return fail(
      EXIT.failed,
      `this clock counted ${own} while the store's counted ${theirs}: a lease would end too early or ` +
        "too late; repair the clock of this machine before it leads",
    );
  }
  return pass(
    `${signed(offset)} against the store's Date (information only, no lease depends on it); ` +
      `its rate matches the store's over ${took}`,
  );
}

function signed(ms: number): string {
  return `${ms < 0 ? "−" : "+"}${formatDuration(Math.abs(ms))}`;
}
