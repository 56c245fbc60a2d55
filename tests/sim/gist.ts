import type { Outcome } from "../../elector/state.ts";
import type { Protocol } from "../../gist/mod.ts";
import { checkCommit } from "../model/checks.ts";
import {
  answerToRead,
  applyForeign,
  type Commit,
  type File,
  newGist,
  touchOther,
  type WriteRequest,
} from "../model/store.ts";
import type { Design } from "./design.ts";

/** The gist that all candidates share. */
export class Gist {
  /** Its newest revision. */
  head: Commit = newGist();
  /** Until when it refuses all requests (true time). */
  limitedUntil = -Infinity;
  /** How many claims arrived. */
  claims = 0;
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

  /** What the writer of a write that has just arrived is told. */
  judge(write: WriteRequest): Outcome {
    return this.#design.answerToWrite(this.head, write);
  }

  /** What a read says that is answered from some revision. */
  read(seen: Commit, session: number): Outcome {
    return answerToRead(seen, session);
  }

  /** The newest revision at some time. */
  headAt(time: number): Commit {
    let commit = this.head;
    while (commit.at > time && commit.parent) commit = commit.parent;
    return commit;
  }

  /** Somebody writes the file who is not one of the electors. */
  edit(file: File, now: number): void {
    this.head = applyForeign(this.#protocol, this.head, file, now);
  }

  /** Somebody writes another file. */
  touch(now: number): void {
    this.head = touchOther(this.#protocol, this.head, now);
  }
}
