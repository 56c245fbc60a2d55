import type { CompletedCommand, CompletedOption } from "./table.ts";

/** Writes the completion for zsh: to be sourced, or a file `_elector` in `$fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef elector
# zsh completion for elector: source <(elector completion zsh)
_elector() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments '--help[show the help]' '--version[show the version]'
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _elector ]]; then
  _elector "$@"
else
  compdef _elector elector
fi`;
}

function commandCase({ name, options, words = [], takesProgram }: CompletedCommand): string {
  const specs = [
    ...options.map(optionSpec),
    ...(words.length > 0 ? [`1:word:(${words.join(" ")})`] : []),
    ...(takesProgram ? ["*::program:_normal"] : []),
  ];
  const lines = specs.map((spec) => `        ${quote(spec)}`).join(" \\\n");
  return `    ${name})\n      _arguments \\\n${lines} ;;`;
}

function optionSpec({ flag, help, value, values }: CompletedOption): string {
  const about = `[${help.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  if (value === undefined) return `${flag}${about}`;
  const action = values === "files"
    ? "_files"
    : values === "anything"
    ? " "
    : `(${values.join(" ")})`;
  return `${flag}=${about}:${value}:${action}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
