import type { Command } from "../command.ts";
import type { Option } from "../options/option.ts";
import { flagOf, type OptionName, OPTIONS } from "../options/options.ts";

export interface CompletedOption {
  readonly flag: string;
  readonly help: string;
  /** The placeholder of its value; `undefined` for a flag. */
  readonly value: string | undefined;
  readonly values: readonly string[] | "files" | "anything";
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly words: readonly string[];
  readonly takesProgram: boolean;
}

/** The options whose values a shell can complete. */
const VALUES: Partial<Record<OptionName, readonly string[] | "files">> = {
  protocol: ["git", "rest"],
  store: ["gist", "bucket"],
  "token-file": "files",
};

const HELP: CompletedOption = {
  flag: "--help",
  help: "show the help",
  value: undefined,
  values: "anything",
};

export function completionTable(commands: readonly Command[]): CompletedCommand[] {
  const table = commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    options: [...command.options.map(completedOption), HELP],
    words: command.words ?? [],
    takesProgram: command.takesProgram ?? false,
  }));
  const topics = [...table.map(({ name }) => name), "exit-codes"];
  const help = { name: "help", summary: "Show the help", options: [], takesProgram: false };
  return [...table, { ...help, words: topics }];
}

function completedOption(name: OptionName): CompletedOption {
  const { help, value }: Option<unknown> = OPTIONS[name];
  return { flag: `--${flagOf(name)}`, help, value, values: VALUES[name] ?? "anything" };
}
