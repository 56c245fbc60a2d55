import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { planStoreOf } from "../options/lock.ts";
import { TIMING_OPTIONS } from "../options/options.ts";
import { sourceOf } from "../options/read.ts";
import { checkGrace, readTimings } from "../options/timings.ts";
import { GITHUB_LIMITS, type Plan, planFields, planOf, round } from "../output/cost.ts";
import { counted, formatDuration, type Styles, stylesOfStdout } from "../output/terminal.ts";

export const PLAN = command({
  name: "plan",
  summary: "Estimate requests, against GitHub's rate limits or as a price",
  about:
    "Estimates the requests an hour of an election with these timings, against GitHub's rate limits, " +
    "and its failover time to a candidate of this rank. Exits with 1 if it would exceed a limit. For " +
    "a bucket, estimates the price, by what S3 charged in January 2026.",
  options: [
    "lock",
    "gist",
    "protocol",
    ...TIMING_OPTIONS,
    "rank",
    "grace",
    "candidates",
    "write-price",
    "read-price",
    "json",
  ],
  examples: ["elector plan --candidates 5 --lease-duration 30s --renew-deadline 20s"],

  run(values) {
    const timings = readTimings(values);
    const grace = checkGrace(timings, values.grace, (name) => sourceOf(values, name));
    const plan = planOf(
      timings,
      values.candidates,
      planStoreOf(values),
      values.rank,
      { write: values["write-price"], read: values["read-price"] },
    );
    const { refusals, warnings } = plan;
    const lines = values.json
      ? [JSON.stringify({ ...planFields(plan), graceSeconds: grace / 1_000, refusals, warnings })]
      : describePlan(plan, grace, stylesOfStdout());
    for (const line of lines) console.log(line);
    return plan.refusals.length === 0 ? EXIT.ok : EXIT.failed;
  },
});

export function describePlan(plan: Plan, grace: number, styles: Styles): string[] {
  const { protocol, candidates, writesPerHour, pollsPerHour, chargedPerHour } = plan;
  const limits = GITHUB_LIMITS;
  const rows = protocol !== "rest" && protocol !== "git"
    ? [
      ["writes", `${round(writesPerHour)} an hour`, ""],
      ["polls", `${round(pollsPerHour)} an hour`, "charged, although most find nothing new"],
      ["price", `$${plan.dollarsPerMonth.toFixed(2)} a month`, "for requests; see --write-price"],
    ]
    : protocol === "rest"
    ? [
      ["writes", `${round(writesPerHour)} an hour`, `${limits.writesPerHour} allowed`],
      ["charged", `${round(chargedPerHour)} an hour`, `${limits.requestsPerHour} allowed`],
      ["polls", `${round(pollsPerHour)} an hour`, "free while nothing changes"],
    ]
    : [
      ["pushes", `${round(writesPerHour / 60)} a minute`, `${limits.pushesPerMinute} recommended`],
      ["polls", `${round(pollsPerHour / 3_600)} a second`, `${limits.readsPerSecond} recommended`],
      ["charged", "0 an hour", "git does not use the REST quota"],
    ];
  return [
    styles.bold(`${counted(candidates, "candidate")} by ${protocol}`),
    ...rows.map(([what = "", value = "", limit = ""]) =>
      `  ${what.padEnd(9)} ${value.padEnd(16)} ${styles.dim(limit)}`
    ),
    `  ${"crash".padEnd(9)} a new leader within ${formatDuration(plan.crashFailover)}`,
    `  ${"stop".padEnd(9)} a new leader within ${formatDuration(plan.releaseFailover)}`,
    `  ${"grace".padEnd(9)} a command has ${formatDuration(grace)} from TERM to KILL`,
    ...(plan.rank > 0 ? [`  ${"rank".padEnd(9)} the best rank alive is ${plan.rank}`] : []),
    ...plan.refusals.map((text) => `${styles.red("over limit:")} ${text}`),
    ...plan.warnings.map((text) => `${styles.yellow("warning:")} ${text}`),
  ];
}
