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

/** A source file, as far as its brackets tell. */
interface Brackets {
  readonly tokens: readonly Token[];
  /** From each bracket to its partner. */
  readonly partner: ReadonlyMap<number, number>;
}

/** A source file, as far as mutations need to understand it. */
export interface Syntax extends Brackets {
  readonly source: string;
  /** Which tokens are no code that runs: imports and types. */
  readonly isType: readonly boolean[];
  readonly statements: readonly Statement[];
}

const OPENING = new Set(["(", "[", "{", "${"]);
const CLOSING = new Set([")", "]", "}"]);
const ASSIGNMENT = new Set([
  ...["=", "+=", "-=", "*=", "/=", "%=", "&&=", "||=", "??=", "|=", "&=", "++", "--"],
]);
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
  const brackets = { tokens, partner: matchBrackets(tokens) };
  const isType = findTypes(brackets);
  return { ...brackets, source, isType, statements: findStatements(brackets, isType) };
}

function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const sign = signAt(tokens, at);
    if (OPENING.has(sign)) open.push(at);
    const opening = CLOSING.has(sign) ? open.pop() : undefined;
    if (opening === undefined) continue;
    partner.set(opening, at);
    partner.set(at, opening);
  }
  return partner;
}

/** The punctuator at a place, or nothing: text may look like one. */
function signAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.kind === "punctuator" ? token.text : "";
}

function textAt(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? "";
}

/** Where a bracket that opens there is closed; the same place where none does. */
export function closeOf({ tokens, partner }: Brackets, at: number): number {
  return OPENING.has(signAt(tokens, at)) ? partner.get(at) ?? at : at;
}

/** Where a bracket that closes there was opened; the same place where none does. */
function openOf({ tokens, partner }: Brackets, at: number): number {
  return CLOSING.has(signAt(tokens, at)) ? partner.get(at) ?? at : at;
}

/** Imports, re-exports, interfaces and type aliases. Types beside code hold hardly anything that looks like an operator. */
function findTypes(brackets: Brackets): boolean[] {
  const { tokens } = brackets;
  const isType = tokens.map(() => false);
  const text = (at: number) => textAt(tokens, at);
  for (let at = 0; at < tokens.length; at++) {
    if (at > 0 && ![";", "}", "{"].includes(text(at - 1))) continue;
    const begin = text(at) === "export" ? at + 1 : at;
    const isImport = text(at) === "import" && text(at + 1) !== "(" && text(at + 1) !== ".";
    const isReexport = begin > at && (text(begin) === "*" || text(begin) === "{");
    const isAlias = text(begin) === "type" && (begin > at || tokens[begin + 1]?.kind === "word");
    const isInterface = text(begin) === "interface" && tokens[begin + 1]?.kind === "word";
    if (!isImport && !isReexport && !isAlias && !isInterface) continue;
    const end = isInterface ? endOfBody(brackets, begin) : endOfStatement(brackets, begin);
    isType.fill(true, at, end + 1);
    at = end;
  }
  return isType;
}

function endOfBody({ tokens, partner }: Brackets, from: number): number {
  const brace = tokens.findIndex(({ text }, at) => at > from && text === "{");
  return partner.get(brace) ?? tokens.length - 1;
}

/** The semicolon that ends what begins there. */
function endOfStatement(brackets: Brackets, from: number): number {
  const { tokens } = brackets;
  for (let at = from; at < tokens.length; at++) {
    if (textAt(tokens, at) === ";") return at;
    at = closeOf(brackets, at);
  }
  return tokens.length - 1;
}

function findStatements(brackets: Brackets, isType: readonly boolean[]): Statement[] {
  const { tokens, partner } = brackets;
  const statements: Statement[] = [];
  const blocks: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (signAt(tokens, at) === "{" && isBlock(brackets, at)) blocks.push(at);
    while (blocks.length > 0 && partner.get(blocks.at(-1) ?? -1) === at) blocks.pop();
    if (isType[at] || !beginsStatement(brackets, at, blocks.at(-1))) continue;
    const last = endOfStatement(brackets, at);
    const kind = kindOf(brackets, at, last);
    if (kind) statements.push({ first: at, last, kind, block: blocks.at(-1) ?? -1 });
  }
  return statements;
}

function kindOf(brackets: Brackets, first: number, last: number): Statement["kind"] | undefined {
  const { tokens } = brackets;
  const [begin, next] = [textAt(tokens, first), textAt(tokens, first + 1)];
  if (DECLARING.has(begin) || (begin === "await" && next === "using")) return "declaration";
  if (begin === "break" || begin === "continue") return "jump";
  if (KEYWORDS.has(begin) || !["word", "punctuator"].includes(tokens[first]?.kind ?? "")) {
    return undefined;
  }
  for (let at = first; at < last; at++) {
    if (ASSIGNMENT.has(signAt(tokens, at))) return "assignment";
    at = closeOf(brackets, at);
  }
  return tokens.slice(first, last).some(({ text }) => text === "(") ? "call" : undefined;
}

/** Whether a brace begins a block of statements: not an object, a type or the body of a class. */
function isBlock(brackets: Brackets, at: number): boolean {
  const before = brackets.tokens[at - 1];
  if (before === undefined) return true;
  if (before.text === ":") return isCase(brackets.tokens, at - 1);
  if (isClassBody(brackets, at)) return false;
  if (before.kind === "word") return !BEFORE_OBJECT.has(before.text);
  return [")", "=>", ";", "{", "}", ">", "]"].includes(before.text);
}

function isCase(tokens: readonly Token[], colon: number): boolean {
  for (let at = colon - 1; at >= 0; at--) {
    const text = textAt(tokens, at);
    if (text === "case" || text === "default") return true;
    if ([";", "{", "}", ",", "(", "?"].includes(text)) return false;
  }
  return false;
}

function isClassBody({ tokens, partner }: Brackets, brace: number): boolean {
  for (let at = brace - 1; at >= 0; at--) {
    const text = textAt(tokens, at);
    if (text === "class") return true;
    if ([";", "{", "}", "=>", "="].includes(text)) return false;
    if (text === ")") at = partner.get(at) ?? at;
  }
  return false;
}

function beginsStatement(brackets: Brackets, at: number, block: number | undefined): boolean {
  const { tokens, partner } = brackets;
  if (block !== undefined && at - 1 === block) return true;
  if (enclosing(brackets, at) !== (block ?? -1)) return false;
  const before = tokens[at - 1]?.text ?? ";";
  if (before === ";" || before === "else") return true;
  if (before === "}") return isStatementEnd(tokens, at);
  if (before === ":") return isCase(tokens, at - 1);
  if (before !== ")") return false;
  const header = textAt(tokens, (partner.get(at - 1) ?? 0) - 1);
  return header === "if" || header === "while" || header === "for" || header === "await";
}

/** After a brace that closes an object or a function's body, an expression goes on. */
function isStatementEnd(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.kind === "word" && !CONTINUING.has(textAt(tokens, at));
}

/** The bracket that a token stands in directly; -1 for none. */
export function enclosing(brackets: Brackets, from: number): number {
  for (let at = from - 1; at >= 0; at--) {
    if (OPENING.has(signAt(brackets.tokens, at))) return at;
    at = openOf(brackets, at);
  }
  return -1;
}

type Stops = ReadonlySet<string>;

/** The first token of the expression that ends before `operator`, given what cannot be part of it. */
export function leftOperand(syntax: Syntax, operator: number, stops: Stops): number {
  const { tokens } = syntax;
  let at = operator - 1;
  for (; at >= 0; at--) {
    const sign = signAt(tokens, at);
    if (stops.has(sign) || OPENING.has(sign)) break;
    if (tokens[at]?.kind === "word" && STOP_WORDS.has(textAt(tokens, at))) break;
    at = openOf(syntax, at);
  }
  return at + 1;
}

/** The last token of the expression that begins after `operator`, given what cannot be part of it. */
export function rightOperand(syntax: Syntax, operator: number, stops: Stops): number {
  let at = operator + 1;
  for (; at < syntax.tokens.length; at++) {
    const sign = signAt(syntax.tokens, at);
    if (stops.has(sign) || CLOSING.has(sign)) break;
    at = closeOf(syntax, at);
  }
  return at - 1;
}

const STOP_WORDS = new Set(["return", "throw", "case", "yield", "const", "let", "of"]);
