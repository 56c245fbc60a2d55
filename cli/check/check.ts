import { type Clock, escapeText } from "../../lock/mod.ts";
import { failureOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";

/** What a check found; `ok` is `null` if it was skipped. */
export interface Result {
  readonly ok: boolean | null;
  /** One sentence; after a failure with the way out. May contain text from outside and secrets until it is rendered. */
  readonly message: string;
  readonly exitCode: number;
}

/** One check. What it throws is a failure. */
export interface Check {
  readonly name: string;
  /** The checks without which it says nothing: it is skipped unless all of them passed. */
  readonly needs?: readonly string[];
  run(): Promise<Result> | Result;
}

export interface Finding extends Result {
  readonly name: string;
  /** How long it took; `undefined` if it was skipped. */
  readonly milliseconds?: number;
}

export function pass(message: string): Result {
  return { ok: true, message, exitCode: EXIT.ok };
}

/** The result of a check that says nothing here, with the reason. */
export function skip(reason: string): Result {
  return { ok: null, message: reason, exitCode: EXIT.ok };
}

/** The result of a check that found something wrong, with the way out. */
export function fail(exitCode: number, message: string): Result {
  return { ok: false, message, exitCode };
}

/** A name from outside, as part of a message. */
export function quote(name: string, most = 128): string {
  return `"${escapeText(name, most)}"`;
}

/** Runs checks one after the other, and passes on what each found. */
export async function runChecks(
  checks: readonly Check[],
  clock: Clock,
  report: (finding: Finding) => void = () => {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = await runCheck(check, findings, clock);
    findings.push(finding);
    report(finding);
  }
  return findings;
}

async function runCheck(
  { name, needs = [], run }: Check,
  before: readonly Finding[],
  clock: Clock,
): Promise<Finding> {
  const missing = needs.find((need) => !before.some(({ name, ok }) => name === need && ok));
  if (missing !== undefined) return { name, ...skip(`it needs "${missing}"`) };
  const startedAt = clock.monotonic();
  let result: Result;
  try {
    result = await run();
  } catch (error) {
    const { message, exitCode } = failureOf(error);
    result = fail(exitCode, message);
  }
  if (result.ok === null) return { name, ...result };
  return { name, ...result, milliseconds: Math.round(clock.monotonic() - startedAt) };
}
