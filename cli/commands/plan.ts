import { EXIT } from "../exit_codes.ts";
import { DEFAULT_PROTOCOL } from "../options/lock.ts";
import { checkGrace } from "../options/grace.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { readTimings } from "../options/timings.ts";
import { TIMING_OPTIONS } from "../options/options.ts";
import { readOptions } from "../options/read.ts";
import { GITHUB_LIMITS, type Plan, planOf, round } from "../output/cost.ts";
import { formatDuration, type Styles, stylesOfStdout } from "../output/terminal.ts";

const OPTIONS = ["protocol", ...TIMING_OPTIONS, "grace", "candidates", "json"] as const;

const HELP: Help = {
  usage: "plan [OPTIONS]",
  about:
    "Reckons what an election with these timings costs an hour, beside GitHub's limits, and how soon " +
    "it fails over. Exits with 1 where a limit would be crossed.",
  options: OPTIONS,
  examples: ["elector plan --candidates 5 --lease-duration 30s --renew-deadline 20s"],
};

/** `elector plan`: what timings cost, and what they give. */
export function runPlan(args: readonly string[]): number {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const timings = readTimings(values);
  const grace = checkGrace(timings, values.grace);
  const plan = planOf(timings, values.candidates, values.protocol ?? DEFAULT_PROTOCOL);
  const lines = values.json
    ? [JSON.stringify({ ...plan, grace })]
    : describePlan(plan, grace, stylesOfStdout());
  for (const line of lines) console.log(line);
  return plan.refusals.length === 0 ? EXIT.ok : EXIT.failed;
}

/** A plan for people. */
export function describePlan(plan: Plan, grace: number, styles: Styles): string[] {
  const { protocol, candidates, writesPerHour, pollsPerHour, chargedPerHour } = plan;
  const limits = GITHUB_LIMITS;
  const rows = protocol === "rest"
    ? [
      ["writes", `${round(writesPerHour)} an hour`, `${limits.writesPerHour} allowed`],
      ["charged", `${round(chargedPerHour)} an hour`, `${limits.requestsPerHour} allowed`],
      ["polls", `${round(pollsPerHour)} an hour`, "free where nothing changed"],
    ]
    : [
      ["pushes", `${round(writesPerHour / 60)} a minute`, `${limits.pushesPerMinute} recommended`],
      ["polls", `${round(pollsPerHour / 3_600)} a second`, `${limits.readsPerSecond} recommended`],
      ["charged", "0 an hour", "git costs nothing of the REST quota"],
    ];
  return [
    styles.bold(`${candidates} candidates by ${protocol}`),
    ...rows.map(([what = "", value = "", limit = ""]) =>
      `  ${what.padEnd(9)} ${value.padEnd(16)} ${styles.dim(limit)}`
    ),
    `  ${"crash".padEnd(9)} a new leader within ${formatDuration(plan.crashFailover)}`,
    `  ${"stop".padEnd(9)} a new leader within ${formatDuration(plan.releaseFailover)}`,
    `  ${"grace".padEnd(9)} a command has ${formatDuration(grace)} from TERM to KILL`,
    ...plan.refusals.map((text) => `${styles.red("too much:")} ${text}`),
    ...plan.warnings.map((text) => `${styles.yellow("beware:")} ${text}`),
  ];
}
