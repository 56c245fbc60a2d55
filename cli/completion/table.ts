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

export interface CompletedCommand
  extends Pick<Command, "name" | "summary" | "words" | "takesProgram"> {
  readonly options: readonly CompletedOption[];
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
    ...command,
    options: [...command.options.map(completedOption), HELP],
  }));
  const words = [...table.map(({ name }) => name), "exit-codes"];
  return [...table, { name: "help", summary: "Show the help", options: [], words }];
}

function completedOption(name: OptionName): CompletedOption {
  const { help, value }: Option<unknown> = OPTIONS[name];
  return { flag: `--${flagOf(name)}`, help, value, values: VALUES[name] ?? "anything" };
}
