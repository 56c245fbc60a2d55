import { Violation } from "../model/checks.ts";

/** An effect of a term's work on the world, under way. */
export interface WorkEffect {
  /** The fencing token it carries. */
  readonly token: number;
  /** The session that sent it. */
  readonly session: number;
  /** Where in the log the claim stands that its term began with. */
  readonly claimIndex: number;
}

const NOTHING: WorkEffect = { token: -1, session: -1, claimIndex: -1 };

/** What the work of all terms is about: it refuses any token that is lower than one it has seen. */
export class FencedResource {
  /** How many effects came too late. */
  refused = 0;
  /** How many were let through. */
  accepted = 0;
  #last = NOTHING;
  /** Effects of claims before it in the log come from before tokens restarted. */
  #since = 0;

  /** Tokens restart in the log: the cause of that must inform the resource. */
  forget(logIndex: number): void {
    this.#last = NOTHING;
    this.#since = logIndex;
  }

  /** An effect arrives, whichever candidate sent it and however long ago. */
  arrive(effect: WorkEffect): void {
    if (effect.token < this.#last.token || effect.claimIndex < this.#since) {
      this.refused++;
      return;
    }
    const isSame = effect.session === this.#last.session && effect.token === this.#last.token;
    if (!isSame && effect.claimIndex <= this.#last.claimIndex) {
      throw new Violation(
        "the resource is fenced",
        `an effect with token ${effect.token} of claim ${effect.claimIndex} passed after ` +
          `token ${this.#last.token} of claim ${this.#last.claimIndex}`,
      );
    }
    this.accepted++;
    this.#last = effect;
  }
}
