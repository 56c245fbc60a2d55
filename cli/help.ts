import { type Option, type OptionName, OPTIONS } from "./options/options.ts";

/** What a command's `--help` is made of. */
export interface Help {
  /** The usage line, without the program's name. */
  readonly usage: string;
  /** What it does. */
  readonly about: string;
  /** The options that it takes. */
  readonly options: readonly OptionName[];
  /** Command lines that work. */
  readonly examples: readonly string[];
}

/** The text of a command's `--help`: at most 80 columns wide, and one screen high. */
export function renderHelp({ usage, about, options, examples }: Help): string {
  return [
    `Usage: elector ${usage}`,
    "",
    ...wrap(about),
    "",
    ...(options.length > 0 ? [...renderOptions(options), ""] : []),
    ...examples.map((example, index) => `${index === 0 ? "Example:" : "        "} ${example}`),
  ].join("\n");
}

/** How wide a screen is. */
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
  const rows = names.map((name) => {
    const option: Option<unknown> = OPTIONS[name];
    return [`--${name}${option.value ? ` ${option.value}` : ""}`, option.env ?? "", option.help];
  });
  const [first, second] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map(([name = "", env = "", help = ""]) =>
    `  ${name.padEnd(first ?? 0)}  ${env.padEnd(second ?? 0)}${second ? "  " : ""}${help}`
  );
}

/** Whether a command line asks for help rather than for the command. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.includes("--help") || own.includes("-h");
}
