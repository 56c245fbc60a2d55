import type { CompletedCommand, CompletedOption } from "./table.ts";

/** Writes the completion for bash. Works without the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion for elector: source <(elector completion bash)
_elector() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local words="" i
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  # After \`--\` comes a program with its own arguments.
  for (( i = 2; i < COMP_CWORD; i++ )); do
    if [[ \${COMP_WORDS[i]} == -- ]]; then
      if declare -F _command_offset > /dev/null; then
        _command_offset $((i + 1))
      elif (( COMP_CWORD == i + 1 )); then
        COMPREPLY=($(compgen -c -- "$cur"))
      else
        compopt -o default 2> /dev/null
      fi
      return
    fi
  done
  # Bash takes \`=\` for a word of its own.
  if [[ $cur == = ]]; then
    cur=""
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$command $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "$command" in
${commands.map(optionCase).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _elector elector`;
}

function valueCases({ name, options }: CompletedCommand): string[] {
  const anything = options.filter(({ value, values }) => value && values === "anything");
  const none = anything.map(({ flag }) => `"${name} ${flag}"`).join(" | ");
  return [
    ...(none === "" ? [] : [`    ${none}) return ;;`]),
    ...options.filter(({ values }) => values !== "anything").map((option) =>
      valueCase(name, option)
    ),
  ];
}

function valueCase(name: string, { flag, values }: CompletedOption): string {
  // A file's name may have spaces.
  const complete = values === "files"
    ? "local IFS=$'\\n'; compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))"
    : `COMPREPLY=($(compgen -W "${[values].flat().join(" ")}" -- "$cur"))`;
  return `    "${name} ${flag}") ${complete}; return ;;`;
}

function optionCase({ name, options, words = [], takesProgram }: CompletedCommand): string {
  const flags = options.map(({ flag }) => flag);
  const all = [...words, ...flags, ...(takesProgram ? ["--"] : [])].join(" ");
  return `    ${name}) words="${all}" ;;`;
}
