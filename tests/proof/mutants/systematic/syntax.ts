import { type Token, tokenize } from "./tokens.ts";

/** A statement that is an expression, such as an assignment or a call, or a declaration. Positions count tokens. */
export interface Statement {
  /** Its first token. */
  readonly first: number;
  /** Its semicolon. */
  readonly last: number;
  readonly kind: "assignment" | "call" | "declaration" | "jump";
  /** The block that it stands in directly: the opening brace; -1 for the module. */
  readonly block: number;
}

/** A source file, as far as mutations need to understand it. */
export interface Syntax {
  readonly source: string;
  readonly tokens: readonly Token[];
  /** From each bracket to its partner. */
  readonly partner: ReadonlyMap<number, number>;
  /** Which tokens are no code that runs: imports and types. */
  readonly isType: readonly boolean[];
  readonly statements: readonly Statement[];
}

const OPENING = new Set(["(", "[", "{", "${"]);
const CLOSING = new Set([")", "]", "}"]);
const ASSIGNMENT = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&&=", "||=", "??=", "|=", "&="]);
const KEYWORDS = new Set([
  ...["if", "for", "while", "do", "switch", "case", "default", "try", "catch", "finally"],
  ...["function", "class", "import", "export", "async", "type", "interface", "else", "return"],
  ...["throw"],
]);
const DECLARING = new Set(["const", "let", "var", "using"]);
/** Words that go on with what a brace has closed. */
const CONTINUING = new Set([
  ...["else", "catch", "finally", "as", "satisfies", "of", "in", "instanceof"],
]);
/** Words before a brace that begins an object, not a block. */
const BEFORE_OBJECT = new Set([
  ...["return", "yield", "await", "throw", "in", "of", "case", "typeof", "const", "let", "var"],
  ...["readonly", "as", "satisfies", "export", "import"],
]);

/** Understands a source file, well enough for mutations. */
export function parse(source: string): Syntax {
  const tokens = tokenize(source);
  const partner = matchBrackets(tokens);
  const isType = findTypes(tokens, partner);
  return { source, tokens, partner, isType, statements: findStatements(tokens, partner, isType) };
}

function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== "punctuator") return;
    if (OPENING.has(text)) open.push(at);
    const opening = CLOSING.has(text) ? open.pop() : undefined;
    if (opening === undefined) return;
    partner.set(opening, at);
    partner.set(at, opening);
  });
  return partner;
}

/** Imports, re-exports, interfaces and type aliases. Types beside code hold hardly anything that looks like an operator. */
function findTypes(tokens: readonly Token[], partner: ReadonlyMap<number, number>): boolean[] {
  const isType = tokens.map(() => false);
  const text = (at: number) => tokens[at]?.text ?? "";
  for (let at = 0; at < tokens.length; at++) {
    if (at > 0 && ![";", "}", "{"].includes(text(at - 1))) continue;
    const begin = text(at) === "export" ? at + 1 : at;
    const isImport = text(at) === "import" && text(at + 1) !== "(" && text(at + 1) !== ".";
    const isReexport = begin > at && (text(begin) === "*" || text(begin) === "{");
    const isAlias = text(begin) === "type" && tokens[begin + 1]?.kind === "word" ||
      (begin > at && text(begin) === "type");
    const isInterface = text(begin) === "interface" && tokens[begin + 1]?.kind === "word";
    if (!isImport && !isReexport && !isAlias && !isInterface) continue;
    const end = isInterface
      ? endOfBody(tokens, partner, begin)
      : endOfStatement(tokens, partner, begin);
    isType.fill(true, at, end + 1);
    at = end;
  }
  return isType;
}

function endOfBody(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  from: number,
): number {
  const brace = tokens.findIndex(({ text }, at) => at > from && text === "{");
  return partner.get(brace) ?? tokens.length - 1;
}

/** The semicolon that ends what begins there. */
function endOfStatement(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  from: number,
): number {
  for (let at = from; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? "";
    if (text === ";") return at;
    if (tokens[at]?.kind === "punctuator" && OPENING.has(text)) at = partner.get(at) ?? at;
  }
  return tokens.length - 1;
}

function findStatements(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  isType: readonly boolean[],
): Statement[] {
  const statements: Statement[] = [];
  const blocks: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === "{" && token.kind === "punctuator" && isBlock(tokens, partner, at)) {
      blocks.push(at);
    }
    while (blocks.length > 0 && partner.get(blocks.at(-1) ?? -1) === at) blocks.pop();
    if (isType[at] || !beginsStatement(tokens, partner, at, blocks.at(-1))) continue;
    const last = endOfStatement(tokens, partner, at);
    const kind = kindOf(tokens, partner, at, last);
    if (kind) statements.push({ first: at, last, kind, block: blocks.at(-1) ?? -1 });
  }
  return statements;
}

function kindOf(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  first: number,
  last: number,
): Statement["kind"] | undefined {
  const [begin, next] = [tokens[first]?.text ?? "", tokens[first + 1]?.text ?? ""];
  if (DECLARING.has(begin) || (begin === "await" && next === "using")) return "declaration";
  if (begin === "break" || begin === "continue") return "jump";
  if (KEYWORDS.has(begin) || !["word", "punctuator"].includes(tokens[first]?.kind ?? "")) {
    return undefined;
  }
  for (let at = first; at < last; at++) {
    const { kind = "word", text = "" } = tokens[at] ?? {};
    if (kind === "punctuator" && (ASSIGNMENT.has(text) || text === "++" || text === "--")) {
      return "assignment";
    }
    if (kind === "punctuator" && OPENING.has(text)) at = partner.get(at) ?? at;
  }
  return tokens.slice(first, last).some(({ text }) => text === "(") ? "call" : undefined;
}

/** Whether a brace begins a block of statements: not an object, a type or the body of a class. */
function isBlock(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  at: number,
): boolean {
  const before = tokens[at - 1];
  if (before === undefined) return true;
  if (before.text === ":") return isCase(tokens, at - 1);
  if (isClassBody(tokens, partner, at)) return false;
  if (before.kind === "word") return !BEFORE_OBJECT.has(before.text);
  return [")", "=>", ";", "{", "}", ">", "]"].includes(before.text);
}

function isCase(tokens: readonly Token[], colon: number): boolean {
  for (let at = colon - 1; at >= 0; at--) {
    const text = tokens[at]?.text ?? "";
    if (text === "case" || text === "default") return true;
    if ([";", "{", "}", ",", "(", "?"].includes(text)) return false;
  }
  return false;
}

function isClassBody(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  brace: number,
): boolean {
  for (let at = brace - 1; at >= 0; at--) {
    const text = tokens[at]?.text ?? "";
    if (text === "class") return true;
    if ([";", "{", "}", "=>", "="].includes(text)) return false;
    if (text === ")") at = partner.get(at) ?? at;
  }
  return false;
}

function beginsStatement(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  at: number,
  block: number | undefined,
): boolean {
  const before = tokens[at - 1]?.text ?? ";";
  if (block !== undefined && at - 1 === block) return true;
  const inBlock = enclosing(tokens, partner, at) === (block ?? -1);
  if (!inBlock) return false;
  if (before === ";" || before === "else") return true;
  if (before === "}") return isStatementEnd(tokens, at);
  if (before === ":") return isCase(tokens, at - 1);
  if (before !== ")") return false;
  const header = tokens[(partner.get(at - 1) ?? 0) - 1]?.text ?? "";
  return header === "if" || header === "while" || header === "for" || header === "await";
}

/** After a brace that closes an object or a function's body, an expression goes on. */
function isStatementEnd(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return token?.kind === "word" && !CONTINUING.has(token.text);
}

/** The bracket that a token stands in directly; -1 for none. */
export function enclosing(
  tokens: readonly Token[],
  partner: ReadonlyMap<number, number>,
  from: number,
): number {
  for (let at = from - 1; at >= 0; at--) {
    const { kind = "word", text = "" } = tokens[at] ?? {};
    if (kind !== "punctuator") continue;
    if (OPENING.has(text)) return at;
    if (CLOSING.has(text)) at = partner.get(at) ?? at;
  }
  return -1;
}

/** The first token of the expression that ends before `operator`, given what cannot be part of it. */
export function leftOperand(
  { tokens, partner }: Syntax,
  operator: number,
  stops: ReadonlySet<string>,
): number {
  let at = operator - 1;
  for (; at >= 0; at--) {
    const { kind = "word", text = "" } = tokens[at] ?? {};
    if (kind === "word" ? STOP_WORDS.has(text) : kind === "punctuator" && stops.has(text)) break;
    if (kind !== "punctuator") continue;
    if (OPENING.has(text)) break;
    if (CLOSING.has(text)) at = partner.get(at) ?? at;
  }
  return at + 1;
}

/** The last token of the expression that begins after `operator`, given what cannot be part of it. */
export function rightOperand(
  { tokens, partner }: Syntax,
  operator: number,
  stops: ReadonlySet<string>,
): number {
  let at = operator + 1;
  for (; at < tokens.length; at++) {
    const { kind = "word", text = "" } = tokens[at] ?? {};
    if (kind !== "punctuator") continue;
    if (stops.has(text) || CLOSING.has(text)) break;
    if (OPENING.has(text)) at = partner.get(at) ?? at;
  }
  return at - 1;
}

const STOP_WORDS = new Set(["return", "throw", "case", "yield", "const", "let", "of"]);
