import { Violation } from "../model/checks.ts";
import { type Run, run, type RunOptions } from "./run.ts";
import { type Choices, makeScenario } from "./scenario.ts";

const HOUR = 3_600_000;

/** A failure with as little around it as could be found. */
export interface Shrunk {
  /** What to choose to see it again. */
  readonly choices: Choices;
  readonly run: Run;
}

/** How many courses of events are tried with less: whatever is taken away changes all that follows. */
const COURSES = 12;

/** Takes away from a run that fails whatever it fails without: time, classes of fault, electors. */
export function shrink(failed: Run, options: RunOptions = {}): Shrunk {
  const { seed, electors, faults } = failed.scenario;
  const { protocol, hours, rateBound, off = [] } = options;
  let best: Shrunk = {
    choices: { protocol, hours, rateBound, off, electors, course: options.course },
    run: failed,
  };
  const attempt = (change: Choices) => {
    for (let course = 0; course < COURSES; course++) {
      const choices = { ...best.choices, ...change, course };
      const less = run(seed, { ...options, ...choices, isTold: true });
      if (kindOf(less) !== kindOf(failed)) continue;
      best = { choices, run: less };
      return;
    }
  };
  // An hour is one with leases of a minute.
  const scale = makeScenario(seed, { hours: 1 }).hours;
  const cut = (share: number) => attempt({ hours: share * best.run.simulated / HOUR / scale });
  for (const fault of faults) attempt({ off: [...(best.choices.off ?? []), fault] });
  for (let fewer = electors - 1; fewer >= 2; fewer--) attempt({ electors: fewer });
  for (let share = 1; share > 1 / 32; share /= 2) cut(share);
  return best;
}

function kindOf({ failure }: Run): string | undefined {
  return failure instanceof Violation ? failure.promise : failure?.name;
}
