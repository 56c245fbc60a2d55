/**
 * The program `elector`: `elector run -- COMMAND` runs a command only while this candidate leads; `elector --help` lists the
 * rest.
 *
 * @example Watch an election on this machine
 * ```sh
 * deno task demo
 * ```
 *
 * @module
 */

import { escapeText } from "../lock/mod.ts";
import { type Command, runCommand } from "./command.ts";
import { COMMANDS, shownCommands } from "./commands/mod.ts";
import { failureOf, usageError } from "./errors.ts";
import { EXIT, EXIT_CODE_TEXTS } from "./exit_codes.ts";
import { suggest } from "./options/read.ts";
import { exit } from "./output/exit.ts";
import { flushOutput, printError } from "./output/output.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line.
 *
 * @param args The arguments, beginning with the command's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    const { message, exitCode } = failureOf(error);
    printError(`elector: ${message}`);
    return exitCode;
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined) {
    printError(await helpText());
    return EXIT.usage;
  }
  const [topic] = rest;
  if (name === "--help" || name === "-h" || (name === "help" && topic === undefined)) {
    console.log(await helpText());
    return EXIT.ok;
  }
  if (name === "--version") {
    console.log(`elector ${VERSION} (Deno ${Deno.version.deno})`);
    return EXIT.ok;
  }
  if (name !== "help") return await runCommand(await findCommand(name), rest);
  if (topic !== "exit-codes") return await runCommand(await findCommand(topic ?? ""), ["--help"]);
  console.log(exitCodesText());
  return EXIT.ok;
}

async function findCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) return await load();
  const shown = (await shownCommands()).map((command) => command.name);
  const near = suggest(name, shown);
  const hint = near === undefined ? "see elector --help" : `did you mean ${near}?`;
  throw usageError(`No command "${escapeText(name, 40)}": ${hint}`);
}

async function helpText(): Promise<string> {
  const shown = await shownCommands();
  const width = Math.max(...shown.map(({ name }) => name.length));
  return [
    "Usage: elector COMMAND [OPTIONS]",
    "",
    "Elects one leader among candidates that share nothing but a gist or a bucket.",
    "",
    ...shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Run `elector COMMAND --help` for its options and environment variables, `elector",
    "help exit-codes` for the exit codes, `elector --version` for the version.",
    "The access token: GITHUB_TOKEN; of a bucket: what its cloud's own tools use.",
    "",
    "Example: elector run --gist $GIST_ID -- sh -c 'echo I lead; sleep 1000'",
  ].join("\n");
}

function exitCodesText(): string {
  return [
    "`elector run` exits with the code of its command, and with 128 + n if signal n",
    "ended it. Otherwise:",
    "",
    ...EXIT_CODE_TEXTS.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}`),
  ].join("\n");
}

if (import.meta.main) {
  const exitCode = await main(Deno.args);
  await flushOutput();
  exit(exitCode);
}
