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
import { type Command, UsageError } from "./command.ts";
import { exit } from "./output/exit.ts";
import { EXIT, EXIT_CODE_TEXTS } from "./exit_codes.ts";
import { failureOf } from "./errors.ts";
import { flushOutput, printError } from "./output/output.ts";
import { VERSION } from "./version.ts";

export type { Command } from "./command.ts";

/** The commands by name, in the order of `--help`. Each is loaded only when it is asked for. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: "Run a command only while this candidate leads",
    run: async (args) => (await import("./commands/run.ts")).runRun(args),
  },
  serve: {
    summary: "Campaign, and tell over HTTP who leads: a sidecar",
    run: async (args) => (await import("./commands/serve.ts")).runServe(args),
  },
  status: {
    summary: "Say who leads",
    run: async (args) => (await import("./commands/status.ts")).runStatus(args),
  },
  watch: {
    summary: "Say who leads at each change",
    run: async (args) => (await import("./commands/watch.ts")).runWatch(args),
  },
  history: {
    summary: "Draw who led when, and check it against the rules",
    run: async (args) => (await import("./commands/history.ts")).runHistory(args),
  },
  resign: {
    summary: "Make the leader on this machine step down for another",
    run: async (args) => (await import("./commands/resign.ts")).runResign(args),
  },
  release: {
    summary: "Free a lock by hand",
    run: async (args) => (await import("./commands/release.ts")).runRelease(args),
  },
  init: {
    summary: "Make a secret gist for a lock",
    run: async (args) => (await import("./commands/init.ts")).runInit(args),
  },
  plan: {
    summary: "Reckon what timings cost, beside GitHub's limits",
    run: async (args) => (await import("./commands/plan.ts")).runPlan(args),
  },
  demo: {
    summary: "Watch candidates elect a leader, and lose it, on this machine",
    run: async (args) => (await import("./commands/demo.ts")).runDemo(args),
  },
  "gist-server": {
    summary: "Serve gists on this machine, to try things out",
    run: async (args) => (await import("./commands/gist_server.ts")).runGistServer(args),
  },
  campaigner: {
    summary: "The part of `run` that takes part in the election",
    isHidden: true,
    run: async (args) => (await import("./commands/campaign.ts")).runCampaigner(args),
  },
  "demo-candidate": {
    summary: "One candidate of the demo, steered through stdin",
    isHidden: true,
    run: async () => (await import("./demo/candidate.ts")).runCandidate(),
  },
};

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
    printError(helpText());
    return EXIT.usage;
  }
  if (name === "--help" || name === "-h" || (name === "help" && rest[0] === undefined)) {
    console.log(helpText());
    return EXIT.ok;
  }
  if (name === "--version") {
    console.log(`elector ${VERSION} (Deno ${Deno.version.deno})`);
    return EXIT.ok;
  }
  if (name !== "help") return await commandOf(name).run(rest);
  if (rest[0] !== "exit-codes") return await commandOf(rest[0] ?? "").run(["--help"]);
  console.log(exitCodesText());
  return EXIT.ok;
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  throw new UsageError(
    `Cannot run "${escapeText(name, 40)}" as it must be a command: see elector --help`,
  );
}

function helpText(): string {
  const shown = Object.entries(COMMANDS).filter(([, command]) => !command.isHidden);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    "Usage: elector COMMAND [OPTIONS]",
    "",
    "Elects one leader among candidates that share nothing but a GitHub gist.",
    "",
    ...shown.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "elector COMMAND --help tells its options, and the variables that set them.",
    "elector help exit-codes tells what they mean. The token: GITHUB_TOKEN.",
    "",
    "Example: elector run --gist $GIST_ID -- sh -c 'echo I lead; sleep 1000'",
  ].join("\n");
}

function exitCodesText(): string {
  return [
    "Usage: elector run exits with the code of its command, and with 128 + n where it",
    "was ended by signal n. Otherwise:",
    "",
    ...EXIT_CODE_TEXTS.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}`),
  ].join("\n");
}

if (import.meta.main) {
  const exitCode = await main(Deno.args);
  await flushOutput();
  exit(exitCode);
}
