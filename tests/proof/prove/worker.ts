/// <reference lib="deno.worker" />
import { SHIPPED } from "../model/design.ts";
import { explore } from "./explore.ts";
import type { Scope } from "./scope.ts";
import { tell } from "./story.ts";
import { makeSetting } from "./setting.ts";

/** What a worker sends back: an exploration, in plain values. */
export interface Report {
  readonly scope: Scope;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly starts: readonly number[];
  readonly seconds: number;
  /** What must be reached, and was not. */
  readonly unreached: readonly string[];
  /** The way to a broken promise, in words; empty where none was broken. */
  readonly story: readonly string[];
}

self.onmessage = ({ data: scope }: MessageEvent<Scope>) => {
  const startedAt = performance.now();
  const { states, transitions, depth, starts, unreached, failure } = explore(scope, SHIPPED);
  const story = failure ? tell(makeSetting(scope, SHIPPED), failure) : [];
  const seconds = (performance.now() - startedAt) / 1_000;
  self.postMessage({ scope, states, transitions, depth, starts, seconds, unreached, story });
};
