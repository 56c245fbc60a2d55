/** What a call was for when it failed: reads and writes of a lock fail, and recover, apart from each other. */
export type FailedPart = "read" | "write" | "access";

/**
 * What goes wrong with an elector, across its campaigns: each kind of failure is to be reported once, and again only after
 * a call of the same sort has succeeded since.
 */
export class FailureLog {
  readonly #open = new Map<FailedPart, { readonly kinds: Set<string>; last: unknown }>();
  #refusal: unknown;

  /** Why this candidate may not write, from the first refused write until one succeeds. */
  get refusal(): unknown {
    return this.#refusal ?? this.#open.get("access")?.last;
  }

  /** What is wrong: a refusal, or the last failure of a call until one of its sort succeeds. */
  get last(): unknown {
    return this.refusal ?? this.#open.get("write")?.last ?? this.#open.get("read")?.last;
  }

  /** Records a failure; returns whether it has yet to be reported. */
  note(part: FailedPart, error: unknown): boolean {
    const open = this.#open.get(part) ?? { kinds: new Set(), last: undefined };
    open.last = error;
    this.#open.set(part, open);
    const kind = kindOf(error);
    const isKnown = [...this.#open.values()].some(({ kinds }) => kinds.has(kind));
    open.kinds.add(kind);
    return !isKnown;
  }

  /** Records that the store refuses writes of this candidate; returns whether it has yet to be reported. */
  refuse(error: unknown): boolean {
    this.#refusal = error;
    return this.note("write", error);
  }

  /** A call of this sort has succeeded. */
  succeed(part: FailedPart): void {
    this.#open.delete(part);
    if (part !== "write") return;
    this.#refusal = undefined;
    this.#open.delete("access");
  }
}

/** Failures whose messages differ only in numbers and versions, such as a time to wait, are of one kind. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return `${error.name}: ${String(error.message).replaceAll(/[\da-f]{7,}|\d+(\.\d+)?/gi, "#")}`;
}
