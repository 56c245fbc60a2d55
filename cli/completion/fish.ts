import type { CompletedCommand, CompletedOption } from "./table.ts";

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return [
    "# fish completion for elector: elector completion fish | source",
    "complete -c elector -f",
    "complete -c elector -n __fish_use_subcommand -l help -d 'show the help'",
    "complete -c elector -n __fish_use_subcommand -l version -d 'show the version'",
    ...commands.map(({ name, summary }) =>
      `complete -c elector -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`
    ),
    ...commands.flatMap(describeCommand),
  ].join("\n");
}

function describeCommand({ name, options, words = [], takesProgram }: CompletedCommand): string[] {
  const condition = `__fish_seen_subcommand_from ${name}`;
  // After `--` comes a program with its own arguments.
  const own = takesProgram ? `${condition}; and not contains -- -- (commandline -opc)` : condition;
  const begin = `complete -c elector -n ${quote(own)}`;
  const inProgram = quote(`${condition}; and contains -- -- (commandline -opc)`);
  return [
    ...options.map((option) => `${begin} ${optionArgs(option)}`),
    ...(words.length > 0 ? [`${begin} -a ${quote(words.join(" "))}`] : []),
    ...(takesProgram
      ? [`complete -c elector -n ${inProgram} -a '(__fish_complete_subcommand)'`]
      : []),
  ];
}

function optionArgs({ flag, help, value, values }: CompletedOption): string {
  const about = `-l ${flag.slice(2)} -d ${quote(help)}`;
  if (value === undefined) return about;
  if (values === "files") return `${about} -r -F`;
  return values === "anything" ? `${about} -x` : `${about} -x -a ${quote(values.join(" "))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
