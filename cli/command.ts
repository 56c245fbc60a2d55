import { escapeText } from "../lock/mod.ts";
import { usageError } from "./errors.ts";
import { EXIT } from "./exit_codes.ts";
import type { Option } from "./options/option.ts";
import { flagOf, type OptionName, OPTIONS, type Values } from "./options/options.ts";
import { readOptions, suggest } from "./options/read.ts";
import { describeUnknown, unknownVariables, variableNames } from "./options/variables.ts";
import { type Log, stderrLog } from "./output/log.ts";
import { printError } from "./output/output.ts";

/** One command of the program. Its help and its options are read by {@linkcode runCommand}. */
export interface Command<K extends OptionName = OptionName> {
  readonly name: string;
  /** One line for `elector --help`. */
  readonly summary: string;
  /** What follows the name on the command line, if it is not `[OPTIONS]`. */
  readonly usage?: string;
  /** What it does, for its own `--help`. */
  readonly about: string;
  readonly options: readonly K[];
  readonly examples: readonly string[];
  /** Whether `elector --help` leaves it out: only the program itself starts it. */
  readonly isHidden?: boolean;
  /** The words of which one follows the name. */
  readonly words?: readonly string[];
  /** Whether a program to run follows the options and `--`. */
  readonly takesProgram?: boolean;
  /** Runs it, and returns the exit code. */
  run(values: Values<K>, line: CommandLine): Promise<number> | number;
}

/** The arguments of a command as they were given. */
interface CommandLine {
  readonly options: readonly string[];
  /** The one of the command's `words` that was given; empty if it has none. */
  readonly word: string;
  /** The program after `--`, and its arguments. */
  readonly program: readonly string[];
}

/** Types a command by its own options. */
export function command<K extends OptionName>(command: Command<K>): Command {
  return command;
}

/** Shows a command's help, or reads its options and runs it. */
export async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(command));
    return EXIT.ok;
  }
  const line = splitLine(command, args);
  const values = readOptions(command.options, line.options);
  if (!command.isHidden) warnOfVariables(command, values);
  return await command.run(values, line);
}

/** Reports variables that are probably mistyped, which never is a failure. */
function warnOfVariables({ options }: Command, values: Partial<Values<OptionName>>): void {
  if (values.quiet) return;
  const warn: Log = values.json || options.includes("verbose")
    ? stderrLog(values.json ?? false)
    : (_event, text) => printError(`elector: ${text}`);
  for (const unknown of unknownVariables(variableNames())) {
    warn("variable", describeUnknown(unknown), { variable: unknown.name, meant: unknown.meant });
  }
}

function splitLine(command: Command, args: readonly string[]): CommandLine {
  if (command.takesProgram) return splitProgram(command, args);
  const { words } = command;
  if (!words) return { options: args, word: "", program: [] };
  const [word = "", ...options] = args;
  if (words.includes(word)) return { options, word, program: [] };
  const near = suggest(word, words);
  const hint = near === undefined ? `use ${usageOf(command)}` : `did you mean ${near}?`;
  const got = escapeText(word, 40);
  throw usageError(
    `The word after ${command.name} must be one of ${words.join(", ")}, got "${got}": ${hint}`,
  );
}

/** The options before the first `--`, and the program after it. */
function splitProgram(command: Command, args: readonly string[]): CommandLine {
  const end = args.indexOf("--");
  if (end >= 0 && end < args.length - 1) {
    return { options: args.slice(0, end), word: "", program: args.slice(end + 1) };
  }
  const stray = end < 0 ? args.find((arg) => !arg.startsWith("-")) : undefined;
  const hint = stray === undefined ? "" : ` (is "${escapeText(stray, 40)}" the command?)`;
  throw usageError(
    `No command to run: put it after the options and \`--\`, ${usageOf(command)}${hint}`,
  );
}

/** Whether a command line asks for help, before any `--`. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.includes("--help") || own.includes("-h");
}

function usageOf({ name, usage = "[OPTIONS]" }: Command): string {
  return `elector ${name} ${usage}`;
}

/** The text of a command's `--help`: at most 80 columns wide, and one screen high. */
function renderHelp(command: Command): string {
  const { about, options, examples } = command;
  return [
    `Usage: ${usageOf(command)}`,
    "",
    ...wrap(about),
    "",
    ...(options.length > 0 ? [...renderOptions(options), ""] : []),
    ...examples.map((example, index) => `${index === 0 ? "Example:" : "        "} ${example}`),
  ].join("\n");
}

const COLUMNS = 80;

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function renderOptions(names: readonly OptionName[]): string[] {
  const options = names.map((name) => {
    const option: Option<unknown> = OPTIONS[name];
    return { option, syntax: `--${flagOf(name)}${option.value ? ` ${option.value}` : ""}` };
  });
  const rows = options.filter(({ option }) => !option.isBrief)
    .map(({ option, syntax }) => [syntax, option.env ?? "", option.help]);
  const rest = options.filter(({ option }) => option.isBrief).map(({ syntax }) => syntax);
  const [first = 0, second = 0] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map(([name = "", env = "", help = ""]) =>
    `  ${name.padEnd(first)}  ${env.padEnd(second)}${second ? "  " : ""}${help}`
  );
  return rest.length === 0 ? lines : [...lines, ...wrap(`Also: ${rest.join(", ")}`)];
}
