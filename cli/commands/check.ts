import { checkIdentity, type Fetch, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { allChecks } from "../check/all.ts";
import { type Check, type Finding, runChecks } from "../check/check.ts";
import { DateObserver } from "../check/clock.ts";
import { SYSTEM_DIALER } from "../check/network.ts";
import {
  cleanFinding,
  exitCodeOf,
  findingLine,
  findingsJson,
  summaryLine,
} from "../check/report.ts";
import { bucketTarget, gistTarget, secretsOf } from "../check/target.ts";
import { command } from "../command.ts";
import { bucketOptions, DEFAULT_PROTOCOL, gistOptions } from "../options/lock.ts";
import { ELECTOR_OPTIONS, type Values } from "../options/options.ts";
import { configured, readTimings } from "../options/timings.ts";
import { requireToken } from "../options/token.ts";
import { defaultIdentity } from "../options/values.ts";
import { stylesOfStdout } from "../output/terminal.ts";

const NAMES = [
  ...ELECTOR_OPTIONS,
  "rank",
  "candidates",
  "ready-url",
  "read-only",
  "json",
] as const;

export const CHECK = command({
  name: "check",
  summary: "Check whether this machine could lead",
  about:
    "Checks, before it is needed, everything that this machine needs to lead. Exits with 0 only if it " +
    "could lead, else with the code of the first failure. See docs/check.md.",
  options: NAMES,
  examples: ["elector check --gist $GIST_ID --candidates 3"],

  async run(values) {
    const styles = stylesOfStdout();
    const { checks, secrets } = prepareChecks(values);
    const clean = (finding: Finding) => cleanFinding(finding, secrets);
    const print = (finding: Finding) => {
      if (!values.json) console.log(findingLine(clean(finding), styles));
    };
    const findings = (await runChecks(checks, systemClock, print)).map(clean);
    console.log(values.json ? findingsJson(findings) : summaryLine(findings, styles));
    return exitCodeOf(findings);
  },
});

/** The checks that the options ask for; if those are invalid, only that is a finding. */
function prepareChecks(
  values: Values<typeof NAMES[number]>,
): { checks: readonly Check[]; secrets: readonly string[] } {
  const dates = new DateObserver(systemFetch, systemClock);
  try {
    const { target, secrets } = openTarget(values, dates.fetch);
    const checks = allChecks({
      target,
      dates,
      hasIdentity: values.identity !== undefined,
      readTimings: () => readTimings(values),
      candidates: values.candidates,
      rank: values.rank,
      isReadOnly: values["read-only"],
      readyUrl: values["ready-url"],
      clock: systemClock,
      fetch: systemFetch,
      dialer: SYSTEM_DIALER,
      env: (name) => Deno.env.get(name),
    });
    return { checks, secrets };
  } catch (error) {
    return { checks: [{ name: "options", run: () => Promise.reject(error) }], secrets: [] };
  }
}

function openTarget(values: Values<typeof NAMES[number]>, fetch: Fetch) {
  const network = { fetch, requestTimeout: values["request-timeout"] };
  const { identity = defaultIdentity(), protocol = DEFAULT_PROTOCOL } = values;
  const bucket = bucketOptions(values, network);
  if (bucket) {
    const target = configured(values, () => bucketTarget(bucket, checkIdentity(identity)));
    return { target, secrets: [] };
  }
  // A run is short, and must know the token to keep it out of the output.
  const token = requireToken(values["token-file"]);
  const gist = { ...gistOptions(values), ...network, token };
  const open = () => gistTarget({ ...gist, protocol }, checkIdentity(identity));
  return { target: configured(values, open), secrets: secretsOf(gist) };
}
