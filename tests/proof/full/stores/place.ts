import type { Fetch, Lock } from "../../../../lock/mod.ts";
import type { Timings } from "../../../../elector/mod.ts";
import type { Log } from "./log.ts";
import type { Process } from "../machines/process.ts";

/** Where the lock may live: a gist by either protocol, or a bucket of either kind. */
export const PLACES = ["git", "rest", "s3", "gcs", "azure"] as const;

/** One of {@linkcode PLACES}. */
export type PlaceKind = typeof PLACES[number];

/** What a candidate makes its lock of. */
export interface LockParts {
  readonly identity: string;
  readonly process: Process;
  readonly timings: Timings;
  readonly random: () => number;
  /** Makes a candidate's commits unlike any other's, yet the same in every run. */
  readonly nonce: () => string;
  /** The candidate's way to the server. */
  readonly reach: (server: Fetch) => Fetch;
}

/** The requests for the lock. */
export interface Spent {
  readonly writes: number;
  readonly polls: number;
  /** Requests that brought a text. */
  readonly changes: number;
}

/** A server with one lock, and a network before it. */
export interface Place {
  /** What took effect. */
  readonly log: Log;
  /** What a record says of how its writers exclude each other. */
  readonly protocol: string;
  /** Makes a candidate's lock. */
  lock(parts: LockParts): Lock;
  /** The newest text, in effect or not. */
  text(): string | undefined;
  /** Somebody writes the lock's text by hand. */
  edit(text: string): void;
  /** Somebody writes another file beside it, if there can be one. */
  editOther(text: string): void;
  /** The name of the newest write, or of one so many before it. */
  headBefore(back: number): string | undefined;
  /** The requests since the last {@linkcode Place.resetSpent}. */
  readonly spent: Spent;
  resetSpent(): void;
}
