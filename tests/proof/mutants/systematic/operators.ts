import type { Change, Kind } from "./mutation.ts";
import { leftOperand, rightOperand, type Syntax } from "./syntax.ts";
import { endsOperand, type Token } from "./tokens.ts";

/** What each comparison becomes: off by one, and the opposite. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
};

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
  "&": "|",
};

const ROUNDING: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
};

/** From here on constants are times and sizes, which a change by one hardly moves. */
const LARGE = 10;

/** What cannot be part of an operand of the operator: operators that bind as loosely or more so, and separators. */
const ASSIGNING = ["=", "=>", "+=", "-=", "*=", "&&=", "||=", "??=", "...", ",", ";", "?", ":"];
const AROUND_AND = new Set([...ASSIGNING, "&&", "||", "??"]);
const AROUND_OR = new Set([...ASSIGNING, "||", "??"]);
const AROUND_CHOICE = new Set(ASSIGNING);

/** Mutations of single tokens and of the operands beside them. */
export function* operatorChanges(syntax: Syntax): Generator<Change> {
  for (let at = 0; at < syntax.tokens.length; at++) {
    if (syntax.isType[at]) continue;
    const token = syntax.tokens[at];
    if (token?.kind === "number") yield* numberChanges(syntax, at, token);
    else if (token?.kind === "word") yield* wordChanges(syntax, at, token);
    else if (token?.kind === "punctuator") yield* punctuatorChanges(syntax, at, token);
  }
}

function* punctuatorChanges(syntax: Syntax, at: number, token: Token): Generator<Change> {
  const { text } = token;
  if (Object.hasOwn(COMPARISONS, text)) {
    if (!isBinary(syntax, at)) return;
    for (const other of COMPARISONS[text] ?? []) yield swap("comparison", token, other);
  } else if (text === "&&" || text === "||") {
    yield swap("logic", token, text === "&&" ? "||" : "&&");
    yield* operandChanges(syntax, at, text === "&&" ? "true" : "false");
  } else if (text === "??") yield* defaultChanges(syntax, at);
  else if (text === "?" && isBinary(syntax, at)) yield* choiceChanges(syntax, at);
  else if (text === "!" && !endsOperand(syntax.tokens[at - 1])) yield swap("negation", token, "");
  else if (text === "-" && !endsOperand(syntax.tokens[at - 1])) yield swap("arithmetic", token, "");
  else if (text === "++" || text === "--") {
    // In the header of a loop it would only make the loop endless.
    if (syntax.tokens[at + 1]?.text !== ")") {
      yield swap("arithmetic", token, text === "++" ? "--" : "++");
    }
  } else if (Object.hasOwn(ARITHMETIC, text) && isArithmetic(syntax, at)) {
    yield swap("arithmetic", token, ARITHMETIC[text] ?? "");
  }
}

/** The format puts spaces around operators, and none around the brackets of types. */
function isBinary({ source, tokens }: Syntax, at: number): boolean {
  const { start = 0, end = 0 } = tokens[at] ?? {};
  const before = tokens[at - 1];
  if (!before || !endsOperand(before)) return false;
  const isLineStart = source.slice(before.end, start).includes("\n");
  const isOperator = /\s/.test(source[start - 1] ?? "") && /\s/.test(source[end] ?? "");
  return isOperator && !(isLineStart && tokens[at]?.text === ">");
}

function isArithmetic(syntax: Syntax, at: number): boolean {
  const [before, after] = [syntax.tokens[at - 1], syntax.tokens[at + 1]];
  const isText = [before, after].some((token) =>
    token?.kind === "string" || token?.kind === "template"
  );
  if (!isBinary(syntax, at) || isText) return false;
  // Between types it joins them.
  return syntax.tokens[at]?.text !== "&" || after?.kind === "number";
}

/** Where the operands of an operator begin and end, given what cannot be part of them. */
function operandsOf(syntax: Syntax, at: number, stops: ReadonlySet<string>) {
  const { tokens } = syntax;
  return {
    begin: tokens[leftOperand(syntax, at, stops)]?.start ?? 0,
    before: tokens[at - 1]?.end ?? 0,
    after: tokens[at + 1]?.start ?? 0,
    end: tokens[rightOperand(syntax, at, stops)]?.end ?? 0,
  };
}

/** One of the two conditions does not count any more. */
function* operandChanges(syntax: Syntax, at: number, neutral: string): Generator<Change> {
  const stops = neutral === "true" ? AROUND_AND : AROUND_OR;
  const { begin, before, after, end } = operandsOf(syntax, at, stops);
  yield replace("operand", begin, before, neutral);
  yield replace("operand", after, end, neutral);
}

/** No default, or nothing but the default. */
function* defaultChanges(syntax: Syntax, at: number): Generator<Change> {
  const { begin, before, after, end } = operandsOf(syntax, at, AROUND_OR);
  yield replace("default", before, end, "");
  yield replace("default", begin, after, "");
}

/** Always the one branch, always the other. */
function* choiceChanges(syntax: Syntax, at: number): Generator<Change> {
  const { begin, before } = operandsOf(syntax, at, AROUND_CHOICE);
  yield replace("choice", begin, before, "true");
  yield replace("choice", begin, before, "false");
}

function* wordChanges(syntax: Syntax, at: number, token: Token): Generator<Change> {
  const { tokens, partner } = syntax;
  const before = tokens[at - 1]?.text ?? "";
  if (token.text === "true" || token.text === "false") {
    if (isTypeOnly(syntax, at)) return;
    yield swap("boolean", token, token.text === "true" ? "false" : "true");
  } else if (before === "." && tokens[at - 2]?.text === "Math") {
    const other = ROUNDING[token.text];
    if (other !== undefined) yield swap("rounding", token, other);
  } else if (token.text === "if" || token.text === "while") {
    const [open, close] = [tokens[at + 1], tokens[partner.get(at + 1) ?? -1]];
    if (open?.text !== "(" || !close) return;
    yield replace("condition", open.end, close.start, "false");
    // An endless loop proves nothing.
    if (token.text === "if") yield replace("condition", open.end, close.start, "true");
  }
}

function* numberChanges(syntax: Syntax, at: number, token: Token): Generator<Change> {
  if (isTypeOnly(syntax, at) || token.text.endsWith("n")) return;
  const value = Number(token.text.replaceAll("_", ""));
  const isSmall = Number.isInteger(value) && value < LARGE;
  const others = isSmall ? [value + 1, ...(value > 0 ? [value - 1] : [])] : [value * 2, value / 2];
  for (const other of others) yield swap("number", token, String(other));
}

/** A literal as a type, as in `403 | 429` or `readonly bad: true`. */
function isTypeOnly({ tokens }: Syntax, at: number): boolean {
  const beside = [tokens[at - 1]?.text, tokens[at + 1]?.text];
  if (beside.includes("|")) return true;
  return beside[0] === ":" && tokens[at - 3]?.text === "readonly";
}

function swap(kind: Kind, token: Token, replacement: string): Change {
  return replace(kind, token.start, token.end, replacement);
}

function replace(kind: Kind, start: number, end: number, replacement: string): Change {
  return { kind, start, end, replacement };
}
