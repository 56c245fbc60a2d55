import { escapeText } from "../../lock/mod.ts";
import { CommandError, usageError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { oneLock } from "./lock_url.ts";
import { type Option, Refusal } from "./option.ts";
import { flagOf, type OptionName, OPTIONS, type Values } from "./options.ts";

/** Where each value was read from, for messages about values that do not fit together. */
const SOURCES = new WeakMap<object, ReadonlyMap<string, string>>();

/** Reads a command's options: the command line first, then the environment, then the defaults. An empty variable is not set. */
export function readOptions<K extends OptionName>(
  names: readonly K[],
  args: readonly string[],
  env: (name: string) => string | undefined = readVariable,
): Values<K> {
  const given = readArguments(names, args);
  const sources = new Map<string, string>();
  const overridden = overriddenBy(given);
  const entries = names.map((name) => {
    const option: Option<unknown> = OPTIONS[name];
    const text = given.get(name);
    if (text !== undefined) return [name, readText(option, text, `--${flagOf(name)}`, EXIT.usage)];
    const isRead = option.env !== undefined && name !== overridden;
    const fromEnv = isRead ? env(option.env) || undefined : undefined;
    if (fromEnv !== undefined && option.env !== undefined) sources.set(name, option.env);
    return [name, readText(option, fromEnv, option.env ?? name, EXIT.config)];
  });
  const values: Values<K> = withLock(
    Object.fromEntries(entries),
    (name) => given.has(name) || sources.has(name),
    sources.has("gist"),
  );
  SOURCES.set(values, sources);
  return values;
}

/** A lock on the command line comes before one in the environment, whichever option names it. */
function overriddenBy(given: ReadonlyMap<string, string>): OptionName | undefined {
  if (given.has("lock")) return given.has("gist") ? undefined : "gist";
  return given.has("gist") ? "lock" : undefined;
}

/** Settles which lock is meant, and the timings that suit it. */
function withLock<V>(
  values: V & Partial<Values<"lock" | "gist">>,
  isGiven: (name: string) => boolean,
  isVariable: boolean,
): V {
  if (values.lock === undefined) return values;
  const named = oneLock({ lock: values.lock, gist: values.gist }, isVariable);
  const all = Object.entries({ ...values, ...named });
  if (named.lock === undefined) return Object.fromEntries(all) as V;
  const options: Readonly<Record<string, Option<unknown>>> = OPTIONS;
  const suited = all.map(([name, value]) => {
    const fallback = options[name]?.bucketDefault;
    return [name, fallback === undefined || isGiven(name) ? value : fallback];
  });
  return Object.fromEntries(suited) as V;
}

/** Reads a variable; an empty one, and one that may not be read as in `deno task demo`, counts as not set. */
export function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** The option or the variable that set a value; the option if it has its default. */
export function sourceOf(values: object, name: string): string {
  return SOURCES.get(values)?.get(name) ?? `--${name}`;
}

/** Values of which some are changed; of the others it is still known what set them. */
export function withChanges<V extends object, C extends object>(values: V, changes: C): V & C {
  const changed = { ...values, ...changes };
  SOURCES.set(changed, SOURCES.get(values) ?? new Map());
  return changed;
}

/** The texts of the options on a command line; the last one of a name counts. */
function readArguments(names: readonly OptionName[], args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const [, name = "", inline] = /^--([^=]+)(?:=(.*))?$/s.exec(args[at] ?? "") ?? [];
    const known = names.find((candidate) => flagOf(candidate) === name);
    if (known === undefined) throw usageError(describeUnexpected(names, args[at] ?? "", name));
    const option: Option<unknown> = OPTIONS[known];
    const text = inline ?? (option.value === undefined ? "true" : args[++at]);
    if (text === undefined) {
      throw usageError(`No value for --${name}: use --${name} ${option.value}`);
    }
    given.set(known, text);
  }
  return given;
}

function describeUnexpected(names: readonly OptionName[], arg: string, name: string): string {
  const shown = escapeText(arg.split("=", 1)[0] ?? "", 40);
  if (name === "") return `Arguments must be options, got "${shown}": see --help`;
  // It may hold an access token, so its value is not repeated.
  if (name.includes("token")) {
    return `No option ${shown}, as every process on the machine could read an access token there: ` +
      "set GITHUB_TOKEN, or use --token-file";
  }
  const near = suggest(name, names.map(flagOf));
  const hint = near === undefined ? "see --help" : `did you mean --${near}?`;
  return `No option ${shown} here: ${hint}`;
}

function readText<T>(
  option: Option<T>,
  text: string | undefined,
  source: string,
  exitCode: number,
): T {
  try {
    return option.read(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const got = option.isUnquoted ? "something else" : `"${escapeText(text ?? "", 40)}"`;
    throw new CommandError(exitCode, `${source} must be ${error.message}, got ${got}`);
  }
}

/** The name that a mistyped or shortened one was probably meant to be. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  const begun = names.find((name) => name.startsWith(typed) || typed.startsWith(name));
  if (begun !== undefined && typed !== "") return begun;
  const [best] = names
    .map((name) => ({ name, typos: typosBetween(typed, name) }))
    .sort((a, b) => a.typos - b.typos);
  // A third of a name may be wrong; more is a guess.
  return best && best.typos <= Math.max(1, best.name.length / 3) ? best.name : undefined;
}

/** How many letters are to be inserted, deleted, replaced, or swapped with the next one. */
function typosBetween(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity;
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? Infinity;
}
