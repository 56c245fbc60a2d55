/** What a token is. Comments and white space are none. */
export type TokenKind = "word" | "number" | "string" | "template" | "regex" | "punctuator";

/** A piece of source text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /#?[A-Za-z_$][\w$]*/y;
const NUMBER = /0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?/y;
const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** The text of a template up to its end, or to the next placeholder. */
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y;
const PUNCTUATORS = [
  ...[">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??="],
  ...["=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/="],
  ...["%=", "&=", "|=", "^=", "<<", ">>", "**"],
];
/** Words after which a `/` begins a regular expression. */
const BEFORE_EXPRESSION = new Set(["return", "typeof", "case", "in", "of", "await", "yield"]);

/**
 * Splits TypeScript into tokens, well enough for mutations: what is not code is never taken for code.
 *
 * A template is one token for each piece of its text; the code of its placeholders stands between `${` and `}`.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** How many braces are open in each placeholder that is open. */
  const placeholders: number[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const push = (kind: TokenKind, text: string) => {
    tokens.push({ kind, text, start: at, end: at + text.length });
    at += text.length;
  };
  const pushTemplate = (opening: string) => {
    at += opening.length;
    const text = opening + (match(TEMPLATE_TEXT) ?? "");
    at -= opening.length;
    const isLast = source[at + text.length] === "`";
    push("template", isLast ? `${text}\`` : text);
    if (isLast) return;
    push("punctuator", "${");
    placeholders.push(0);
  };
  while (at < source.length) {
    const blank = match(BLANK);
    if (blank !== undefined) at += blank.length;
    else if (source[at] === "`") pushTemplate("`");
    else if (source[at] === "}" && placeholders.at(-1) === 0) {
      placeholders.pop();
      push("punctuator", "}");
      pushTemplate("");
    } else pushToken(source, at, tokens, match, push, placeholders);
  }
  return tokens;
}

function pushToken(
  source: string,
  at: number,
  tokens: readonly Token[],
  match: (pattern: RegExp) => string | undefined,
  push: (kind: TokenKind, text: string) => void,
  placeholders: number[],
): void {
  const word = match(WORD);
  if (word !== undefined) return push("word", word);
  const number = match(NUMBER);
  if (number !== undefined) return push("number", number);
  const string = match(STRING);
  if (string !== undefined) return push("string", string);
  const regex = source[at] === "/" && !endsOperand(tokens.at(-1)) ? match(REGEX) : undefined;
  if (regex !== undefined) return push("regex", regex);
  const text = PUNCTUATORS.find((punctuator) => source.startsWith(punctuator, at)) ??
    source[at] ?? "";
  const inner = placeholders.length - 1;
  if (text === "{" && inner >= 0) placeholders[inner] = (placeholders[inner] ?? 0) + 1;
  if (text === "}" && inner >= 0) placeholders[inner] = (placeholders[inner] ?? 0) - 1;
  push("punctuator", text);
}

/** Whether an operand may end with a token, so that an operator may follow. */
export function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "word") return !BEFORE_EXPRESSION.has(token.text);
  if (token.kind !== "punctuator") return true;
  return token.text === ")" || token.text === "]" || token.text === "}";
}
