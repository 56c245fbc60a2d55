import { BUCKET_TIMINGS } from "../../bucket/timings.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../elector/timings.ts";
import { durationText, parseDuration } from "./values.ts";

/** One option: how its text is read, and what `--help` says. */
export interface Option<T> {
  /** The environment variable that sets it, unless it is decided on each call. */
  readonly env?: string;
  /** Its name on the command line, if another option has it in other commands. */
  readonly flag?: string;
  /** The placeholder of its value in `--help`; a flag has none. */
  readonly value?: string;
  /** Whether its value may be a secret that was passed by mistake, and is never quoted. */
  readonly isUnquoted?: boolean;
  /** Whether `--help` only names it, as few need it and the help must fit one screen. */
  readonly isBrief?: boolean;
  /** One line for `--help`, default included. */
  readonly help: string;
  /** Its default over a bucket, if that is another one. */
  readonly bucketDefault?: T | undefined;
  /** Reads its text; `undefined` if it was not given. Throws a {@linkcode Refusal}. */
  readonly read: (text: string | undefined) => T;
}

/** The rule that a text breaks; it completes "X must be …". */
export class Refusal extends Error {}

/** An option that may be left out: what `read` cannot read breaks the rule. */
export function optional<T>(
  option: Omit<Option<T>, "read">,
  rule: string,
  read: (text: string) => T | undefined,
): Option<T | undefined> {
  return {
    ...option,
    read(text) {
      if (text === undefined) return undefined;
      const value = read(text);
      if (value === undefined) throw new Refusal(rule);
      return value;
    },
  };
}

export function withDefault<T>(
  option: Option<T | undefined>,
  fallback: T,
  shown: string,
): Option<T> {
  return {
    ...option,
    help: `${option.help} [${shown}]`,
    bucketDefault: undefined,
    read: (text) => option.read(text) ?? fallback,
  };
}

const DURATION_RULE = "a duration such as 15s, 1m or 500ms";

export function duration(env: string, help: string): Option<number | undefined> {
  return optional({ env, value: "TIME", help }, DURATION_RULE, parseDuration);
}

export function timing(
  name: keyof typeof BUCKET_TIMINGS & keyof Timings,
  env: string,
  help: string,
): Option<number> {
  const [fallback, bucketDefault] = [DEFAULT_TIMINGS[name], BUCKET_TIMINGS[name]];
  const shown = `${durationText(fallback)}; bucket ${durationText(bucketDefault)}`;
  return { ...withDefault(duration(env, help), fallback, shown), bucketDefault };
}

export function text(value: string, help: string, env: string): Option<string | undefined> {
  return { env, value, help, read: (text) => text };
}

export function choice<const T extends string>(
  option: { readonly env?: string; readonly help: string },
  values: readonly [T, T],
): Option<T | undefined> {
  const rule = values.map((value) => `"${value}"`).join(" or ");
  return optional<T>({ ...option, value: "NAME" }, rule, (text) => {
    return values.find((value) => value === text);
  });
}

export function flag(help: string, env?: string): Option<boolean> {
  return { ...(env !== undefined && { env }), help, read: readFlag };
}

function readFlag(text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "0" || text === "false") return false;
  if (text === "1" || text === "true") return true;
  throw new Refusal("1 or 0, true or false");
}

export function count(
  option: Omit<Option<number>, "read">,
  fallback: number,
  [least, most]: readonly [number, number],
) {
  const read = (text: string) => {
    const isCount = /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
    return isCount ? Number(text) : undefined;
  };
  const given = optional(option, `an integer from ${least} to ${most}`, read);
  return withDefault(given, fallback, `${fallback}`);
}

export function brief<T>(option: Option<T>): Option<T> {
  return { ...option, isBrief: true };
}
