import type { Change, Kind } from "./mutation.ts";
import { closeOf, enclosing, type Statement, type Syntax } from "./syntax.ts";

/** Functions that take an object of state to set; `current` is the state before. */
export interface Setter {
  readonly name: string;
  readonly current: string;
}

/** Calls that end, set or forget a timer, a listener or a signal. */
const TIMERS =
  /\b(?:abort|clear(?:Timeout|Interval)|(?:add|remove)(?:EventListener|SignalListener)|addListener|removeListener|off|on|once|cancel|close|unref|throwIfAborted|dispose)\(/;

/** Mutations of statements: what is not done any more, or in another order, and of what is set by them. */
export function* statementChanges(syntax: Syntax, setters: readonly Setter[]): Generator<Change> {
  for (const statement of syntax.statements) {
    yield* removals(syntax, statement);
    if (statement.kind === "assignment") yield* keptValues(syntax, statement);
    if (statement.kind === "call") yield* siblings(syntax, statement);
  }
  yield* swappedNeighbours(syntax);
  for (let at = 0; at < syntax.tokens.length; at++) {
    if (syntax.isType[at]) continue;
    if (syntax.tokens[at]?.text === "{") yield* removedProperties(syntax, at, setters);
    if (syntax.tokens[at]?.text === "[") yield* removedSignals(syntax, at);
  }
}

function textOf({ source, tokens }: Syntax, first: number, last: number): string {
  return source.slice(tokens[first]?.start, tokens[last]?.end);
}

/** A semicolon stays, as the body of an `if` may be nothing else. */
function* removals(syntax: Syntax, { first, last, kind }: Statement): Generator<Change> {
  const [begin, end] = [syntax.tokens[first], syntax.tokens[last]];
  if (!begin || !end || kind === "declaration") return;
  const text = textOf(syntax, first, last);
  const label: Kind = kind === "call" && TIMERS.test(text) ? "timer" : kind;
  yield { kind: label, start: begin.start, end: end.end, replacement: ";" };
  const next = syntax.tokens[first + 1];
  if (begin.text === "await" && next) {
    yield { kind: "await", start: begin.start, end: next.start, replacement: "" };
  }
}

/** What is reset in one of two cases keeps its old value there. */
function* keptValues(syntax: Syntax, { first, last, block }: Statement): Generator<Change> {
  const { tokens } = syntax;
  const equals = tokens.findIndex(({ text }, at) => at > first && at < last && text === "=");
  if (equals < 0) return;
  // A key of an object is no branch.
  const isBranch = (at: number) => {
    const bracket = enclosing(syntax, at);
    return bracket === block || tokens[bracket]?.text === "(";
  };
  yield* resets(syntax, equals + 2, last - 1, textOf(syntax, first, equals - 1), isBranch);
}

/** Each branch of a choice that is `undefined`, from one token to another, becomes something else. */
function* resets(
  { tokens }: Syntax,
  from: number,
  to: number,
  replacement: string,
  isBranch: (at: number) => boolean = () => true,
): Generator<Change> {
  for (let at = from; at <= to; at++) {
    const token = tokens[at];
    if (token?.text !== "undefined" || !["?", ":"].includes(tokens[at - 1]?.text ?? "")) continue;
    if (isBranch(at)) yield { kind: "reset", start: token.start, end: token.end, replacement };
  }
}

/** Instead of what is done, another method of the same object is called: one that takes as many arguments somewhere in this file. */
function* siblings(syntax: Syntax, { first, last }: Statement): Generator<Change> {
  const isAwaited = syntax.tokens[first]?.text === "await";
  const begin = isAwaited ? first + 1 : first;
  for (const call of callsIn(syntax, first, last).filter((own) => own.begin === begin)) {
    const others = new Set(
      callsIn(syntax, 0, syntax.tokens.length - 1)
        .filter(({ receiver, argumentCount }) =>
          receiver === call.receiver && argumentCount === call.argumentCount
        )
        .map(({ method }) => method),
    );
    others.delete(call.method);
    const token = syntax.tokens[call.at];
    if (!token) continue;
    for (const other of others) {
      yield { kind: "sibling", start: token.start, end: token.end, replacement: other };
    }
  }
}

interface MethodCall {
  readonly at: number;
  /** Where the receiver begins. */
  readonly begin: number;
  readonly receiver: string;
  readonly method: string;
  readonly argumentCount: number;
}

/** Calls such as `this.#known.remember(sent)`. */
function callsIn(syntax: Syntax, first: number, last: number): MethodCall[] {
  const { tokens, partner } = syntax;
  const found: MethodCall[] = [];
  for (let at = first; at < last; at++) {
    if (tokens[at]?.kind !== "word" || tokens[at + 1]?.text !== "(") continue;
    if (tokens[at - 1]?.text !== ".") continue;
    // Of its own methods an object has too many, which have nothing in common.
    if (tokens[at - 2]?.text === "this") continue;
    let begin = at - 2;
    while (tokens[begin - 1]?.text === "." && tokens[begin - 2]?.kind === "word") begin -= 2;
    if (tokens[begin]?.kind !== "word") continue;
    const close = partner.get(at + 1);
    if (close === undefined) continue;
    found.push({
      at,
      begin,
      receiver: textOf(syntax, begin, at - 2),
      method: tokens[at]?.text ?? "",
      argumentCount: partsOf(syntax, at + 1, close).length,
    });
  }
  return found;
}

/** The parts between a bracket and its partner that commas separate: of each, its first and last token. */
function partsOf(syntax: Syntax, open: number, close: number): { first: number; last: number }[] {
  const parts: { first: number; last: number }[] = [];
  let first = open + 1;
  for (let at = open + 1; at <= close; at++) {
    const { kind, text } = syntax.tokens[at] ?? {};
    const isEnd = at === close || (kind === "punctuator" && text === ",");
    if (isEnd && at > first) parts.push({ first, last: at - 1 });
    if (isEnd) first = at + 1;
    else at = closeOf(syntax, at);
  }
  return parts;
}

/** State is set before something that is waited for, instead of after it, or the other way round. */
function* swappedNeighbours(syntax: Syntax): Generator<Change> {
  const { source, tokens, statements } = syntax;
  for (const one of statements) {
    const other = statements.find(({ first, block }) =>
      first === one.last + 1 && block === one.block
    );
    if (!other || one.kind === "jump" || other.kind === "jump") continue;
    const pair = [one, other].map(({ first, last }) => tokens.slice(first, last + 1));
    const waits = pair.map((part) => part.some(({ text }) => text === "await"));
    if (waits[0] === waits[1] || declares(syntax, one, other) || declares(syntax, other, one)) {
      continue;
    }
    const [start, end] = [tokens[one.first]?.start ?? 0, tokens[other.last]?.end ?? 0];
    const between = source.slice(tokens[one.last]?.end, tokens[other.first]?.start);
    const replacement = textOf(syntax, other.first, other.last) + between +
      textOf(syntax, one.first, one.last);
    yield { kind: "order", start, end, replacement };
  }
}

/** Whether a name that one statement declares is used in the other. */
function declares({ tokens }: Syntax, one: Statement, other: Statement): boolean {
  if (one.kind !== "declaration") return false;
  const part = tokens.slice(one.first, one.last);
  const names = part.slice(0, part.findIndex(({ text }) => text === "="));
  const used = new Set(tokens.slice(other.first, other.last).map(({ text }) => text));
  return names.some(({ kind, text }) =>
    kind === "word" && !["const", "let", "await", "using"].includes(text) && used.has(text)
  );
}

/** A key that is not set any more: of state, or of what carries a signal. */
function* removedProperties(
  syntax: Syntax,
  open: number,
  setters: readonly Setter[],
): Generator<Change> {
  const { tokens, partner } = syntax;
  const close = partner.get(open);
  if (close === undefined || isPattern(syntax, open, close)) return;
  const setter = setterOf(syntax, open, setters);
  const copies = tokens[open + 1]?.text === "...";
  const parts = partsOf(syntax, open, close);
  for (const { first, last } of parts) {
    const name = tokens[first]?.text ?? "";
    const isNamed = tokens[first]?.kind === "word" && [":", ",", "}"].includes(
      tokens[first + 1]?.text ?? "",
    );
    if (!isNamed) continue;
    if (setter) yield* resets(syntax, first + 3, last, `${setter.current}.${name}`);
    const isOnly = parts.length === 1;
    if (name === "signal") yield removedPart(syntax, "signal", first, last);
    else if ((setter && !isOnly) || copies) yield removedPart(syntax, "property", first, last);
  }
}

/** A pattern that takes an object apart, or the names that a function takes. */
function isPattern({ tokens }: Syntax, open: number, close: number): boolean {
  const [before, after] = [tokens[open - 1]?.text ?? "", tokens[close + 1]?.text ?? ""];
  return ["const", "let"].includes(before) || ["=", ":"].includes(after) ||
    (after === ")" && tokens[close + 2]?.text === "=>");
}

function setterOf(syntax: Syntax, open: number, setters: readonly Setter[]): Setter | undefined {
  const bracket = enclosing(syntax, open);
  if (syntax.tokens[bracket]?.text !== "(") return undefined;
  return setters.find(({ name }) => syntax.tokens[bracket - 1]?.text === name);
}

/** One of the signals of `AbortSignal.any([…])` does not count any more. */
function* removedSignals(syntax: Syntax, open: number): Generator<Change> {
  const { tokens, partner } = syntax;
  const isAny = ["(", "any", ".", "AbortSignal"].every((text, back) =>
    tokens[open - 1 - back]?.text === text
  );
  if (!isAny) return;
  for (const { first, last } of partsOf(syntax, open, partner.get(open) ?? open)) {
    yield removedPart(syntax, "signal", first, last);
  }
}

/** Removes a part of a list, and the comma after it. */
function removedPart({ tokens }: Syntax, kind: Kind, first: number, last: number): Change {
  const comma = tokens[last + 1]?.text === "," ? tokens[last + 1] : undefined;
  const end = comma?.end ?? tokens[last]?.end ?? 0;
  return { kind, start: tokens[first]?.start ?? 0, end, replacement: "" };
}
