import { command } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { type CompletedCommand, completionTable } from "../completion/table.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { EXIT } from "../exit_codes.ts";
import { shownCommands } from "./mod.ts";

const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const COMPLETION = command({
  name: "completion",
  summary: "Print a completion script for a shell",
  usage: "bash|zsh|fish",
  about: "Prints a script that makes a shell complete commands and options. For bash: " +
    "`source <(elector completion bash)` in ~/.bashrc; for zsh the same in ~/.zshrc, after compinit; " +
    "for fish: `elector completion fish | source` in config.fish.",
  options: [],
  words: Object.keys(SHELLS),
  examples: ["source <(elector completion bash)"],

  async run(_values, { word }) {
    const write = SHELLS[word];
    console.log(write?.(completionTable(await shownCommands())));
    return EXIT.ok;
  },
});
