/// <reference lib="deno.worker" />
import { SHIPPED } from "../model/design.ts";
import { type Exploration, explore } from "./explore.ts";
import type { Scope } from "./scope.ts";
import { tell } from "./story.ts";
import { makeSetting } from "./setting.ts";

/** What a worker sends back: an exploration, in plain values. */
export interface Report extends Omit<Exploration, "actions" | "failure"> {
  readonly seconds: number;
  /** The way to a broken promise, in words; empty where none was broken. */
  readonly story: readonly string[];
}

self.onmessage = ({ data: scope }: MessageEvent<Scope>) => {
  const startedAt = performance.now();
  const { actions: _, failure, ...found } = explore(scope, SHIPPED);
  const story = failure ? tell(makeSetting(scope, SHIPPED), failure) : [];
  const seconds = (performance.now() - startedAt) / 1_000;
  self.postMessage({ ...found, seconds, story });
};
