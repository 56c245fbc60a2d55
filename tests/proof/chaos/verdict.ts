import type { Span } from "./beats.ts";

/** A fault, while it lasted; times are those of the commands, in milliseconds. */
export interface Strike {
  /** What was done, such as "kill keeper". */
  readonly kind: string;
  /** When it began. */
  readonly from: number;
  /** When it was over. */
  to: number;
  /** Whether nobody can be expected to lead, or to be heard, before it is over. */
  readonly hindersAll: boolean;
  /** Whether the lock is released, so that another leads soon. */
  readonly isClean?: boolean;
}

/** From one command to the next one. */
export interface Failover {
  /** What was done last before the next command began; "the start" where nothing was. */
  readonly kind: string;
  /** The token of the next command. */
  readonly token: number;
  /** From the last sign of the one to the first of the other, in milliseconds. */
  readonly gap: number;
  /** The same, without the time in which nobody could lead. */
  readonly counted: number;
  /** Whether the lock was released. */
  readonly isClean: boolean;
}

/** What the log says about the promises. */
export interface Verdict {
  /** Each promise that was broken, in a sentence. */
  readonly broken: readonly string[];
  /** How each command but the first came. */
  readonly failovers: readonly Failover[];
}

/**
 * Judges the commands' own log: no two of them lived at once, tokens only rose, and none was awaited for longer than the
 * bound.
 *
 * @param spans One for each command, by first sign of life.
 * @param bound How long a failover may take, in milliseconds.
 * @param cleanBound How long it may take where the lock was released.
 */
export function judge(
  spans: readonly Span[],
  strikes: readonly Strike[],
  bound: number,
  cleanBound: number = bound,
): Verdict {
  const broken: string[] = [];
  const failovers: Failover[] = [];
  let last = spans[0];
  for (const span of spans.slice(1)) {
    if (!last) break;
    if (span.first < last.last) {
      broken.push(`Two commands at once: ${tell(last)}, and ${tell(span)}`);
    }
    if (span.token <= last.token) {
      broken.push(`The token did not rise: ${tell(last)}, then ${tell(span)}`);
    }
    const failover = failoverOf(last, span, strikes);
    if (failover.counted > (failover.isClean ? cleanBound : bound)) {
      broken.push(
        `A failover took ${Math.round(failover.counted)} ms after "${failover.kind}": ${
          tell(span)
        }`,
      );
    }
    failovers.push(failover);
    // The last report counts: of three at once, each pair is reported.
    if (span.last > last.last) last = span;
  }
  return { broken, failovers };
}

/** A command is heard so often, in milliseconds, and a little later on a busy machine. */
const HEARD = 100;

function failoverOf(last: Span, next: Span, strikes: readonly Strike[]): Failover {
  const hindered = strikes.filter(({ hindersAll, from, to }) =>
    hindersAll && from < next.first && to > last.last
  );
  const since = Math.max(last.last, ...hindered.map(({ to }) => to));
  const cause = strikes.findLast(({ from }) => from < next.first);
  return {
    kind: cause?.kind ?? "the start",
    // A command that had ended before the strike was ended by something else.
    isClean: cause?.isClean === true && cause.from <= last.last + HEARD,
    token: next.token,
    gap: next.first - last.last,
    counted: Math.max(0, next.first - since),
  };
}

function tell({ token, name, first, last }: Span): string {
  return `${name} with token ${token} from ${first} to ${last} ms`;
}
