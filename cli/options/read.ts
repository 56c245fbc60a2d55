import { escapeText } from "../../lock/mod.ts";
import { UsageError } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { type Option, type OptionName, OPTIONS, Refusal, type Values } from "./options.ts";

/**
 * Reads a command's options: the command line first, then the environment, then the defaults.
 *
 * @param names The options that the command takes.
 * @param args What follows the command's name; nothing but options.
 * @param env A variable of the environment; an empty one counts as not set.
 * @throws {UsageError} If the command line has something else, or an option has a wrong value.
 * @throws {CommandError} If a variable of the environment has a wrong value.
 */
export function readOptions<K extends OptionName>(
  names: readonly K[],
  args: readonly string[],
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Values<K> {
  const given = readArguments(names, args);
  const values = names.map((name) => {
    const option: Option<unknown> = OPTIONS[name];
    const text = given.get(name);
    if (text !== undefined) return [name, readText(option, text, `--${name}`, EXIT.usage)];
    const fromEnv = option.env === undefined ? undefined : env(option.env) || undefined;
    return [name, readText(option, fromEnv, option.env ?? name, EXIT.config)];
  });
  return Object.fromEntries(values);
}

/** The texts of the options on a command line; the last of a name counts. */
function readArguments(names: readonly OptionName[], args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const [, name = "", inline] = /^--([^=]+)(?:=(.*))?$/s.exec(args[at] ?? "") ?? [];
    const known = names.find((candidate) => candidate === name);
    if (known === undefined) throw unexpected(names, args[at] ?? "", name);
    const option: Option<unknown> = OPTIONS[known];
    if (option.value === undefined) {
      given.set(known, inline ?? "true");
    } else {
      const text = inline ?? args[++at];
      if (text === undefined) {
        throw new UsageError(
          `Cannot use --${known} as it must have a value: --${known} ${option.value}`,
        );
      }
      given.set(known, text);
    }
  }
  return given;
}

function unexpected(names: readonly OptionName[], arg: string, name: string): UsageError {
  const shown = escapeText(arg.split("=", 1)[0] ?? "", 40);
  if (name === "") {
    return new UsageError(`Cannot use "${shown}" as only options must stand here: see --help`);
  }
  // Whoever tries to pass a token is told where it belongs; the value itself is not repeated.
  if (name.includes("token")) {
    return new UsageError(
      `Cannot use ${shown} as every process of the machine could read it there: set GITHUB_TOKEN, or --token-file`,
    );
  }
  const near = names.find((candidate) => candidate.startsWith(name) || name.startsWith(candidate));
  const hint = near === undefined ? "see --help" : `did you mean --${near}?`;
  return new UsageError(`Cannot use ${shown} as it must be an option of this command: ${hint}`);
}

function readText<T>(
  option: Option<T>,
  text: string | undefined,
  shownName: string,
  exitCode: number,
): T {
  try {
    return option.read(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const found = option.isUnquoted ? "something else" : `"${escapeText(text ?? "", 40)}"`;
    const message = `Cannot use ${shownName} as it must be ${error.message}: it is ${found}`;
    throw exitCode === EXIT.usage ? new UsageError(message) : new CommandError(exitCode, message);
  }
}
