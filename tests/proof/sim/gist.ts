import type { Outcome } from "../../../elector/machine/events.ts";
import type { Protocol } from "../../../gist/mod.ts";
import type { Reader, Shown } from "../model/answers.ts";
import { checkCommit } from "../model/checks.ts";
import { applyEdit, applyRequest, type Edit, frees } from "../model/foreign.ts";
import { type Commit, newGist, type WriteRequest } from "../model/store.ts";
import type { Design } from "../model/design.ts";

/** The gist that all candidates share. */
export class Gist {
  /** Its newest revision. */
  head: Commit = newGist();
  /** Until when it refuses all requests (true time). */
  limitedUntil = -Infinity;
  /** How many claims arrived. */
  claims = 0;
  /** The newest revision in which somebody else set the lock free. */
  freedAt = 0;
  readonly #protocol: Protocol;
  readonly #design: Design;

  /** Makes a gist without the lock's file. */
  constructor(protocol: Protocol, design: Design) {
    this.#protocol = protocol;
    this.#design = design;
  }

  /** A write arrives. Tells whether it took effect. */
  write(write: WriteRequest, now: number): boolean {
    const before = this.head;
    this.head = this.#design.applyWrite(this.#protocol, before, write, now);
    if (write.purpose === "claim" || write.purpose === "create") this.claims++;
    checkCommit(before, this.head, write);
    return this.head.effective !== before.effective;
  }

  /** What the writer of a write makes of the answer. */
  judge(write: WriteRequest, shown: Shown): Outcome {
    return this.#design.answerToWrite(this.#protocol, shown, write);
  }

  /** What a reader makes of an answer. */
  read(shown: Shown, reader: Reader, proof: boolean): Outcome {
    return this.#design.answerToRead(this.#protocol, shown, reader, proof);
  }

  /** The newest revision at some time. */
  headAt(time: number): Commit {
    let commit = this.head;
    while (commit.at > time && commit.parent) commit = commit.parent;
    return commit;
  }

  /** A request for a handover arrives that was sent after a read of `base`. Tells whether it took effect. */
  request(base: Commit, name: string, now: number): boolean {
    const head = applyRequest(this.#protocol, this.head, base, name, now);
    if (!head) return false;
    this.head = head;
    return head.effective === head;
  }

  /** Somebody changes the gist who is not one of the electors, if that can be. Tells whether it was. */
  edit(edit: Edit, now: number, leaseSeconds: number): boolean {
    const head = applyEdit(this.#protocol, this.head, edit, now, leaseSeconds);
    if (!head) return false;
    this.head = head;
    if (frees(edit)) this.freedAt = head.index;
    return true;
  }
}
