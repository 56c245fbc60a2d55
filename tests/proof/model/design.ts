import { step } from "../../../elector/machine/step.ts";
import { answerToRead, answerToWrite } from "./answers.ts";
import type { Stepped } from "./preference.ts";
import { applyWrite } from "./store.ts";

/** How candidates decide, what becomes of what they write, and what they make of answers. */
export interface Design {
  /** Names it. */
  readonly name: string;
  /** The election. */
  readonly step: typeof step;
  /** What a write that arrives does. */
  readonly applyWrite: typeof applyWrite;
  /** What a reader makes of an answer. */
  readonly answerToRead: typeof answerToRead;
  /** What a writer makes of the answer. */
  readonly answerToWrite: typeof answerToWrite;
}

/** What ships. */
export const SHIPPED: Design = { name: "shipped", step, applyWrite, answerToRead, answerToWrite };

/** What ships, with one change. */
export function unlike(name: string, change: Partial<Design>): Design {
  return { ...SHIPPED, ...change, name };
}

type Result = ReturnType<typeof step>;
type Input = Pick<Stepped, "config" | "before" | "event" | "now">;

/** What ships, where something else comes of a step. */
export function withResult(name: string, change: (result: Result, input: Input) => Result): Design {
  return unlike(name, {
    step: (config, before, event, now) =>
      change(SHIPPED.step(config, before, event, now), { config, before, event, now }),
  });
}

/** What ships, where a step goes by something else. */
export function withInput(name: string, change: (input: Input) => Partial<Input>): Design {
  return unlike(name, {
    step: (config, before, event, now) => {
      const input = { config, before, event, now };
      const other = { ...input, ...change(input) };
      return SHIPPED.step(other.config, other.before, other.event, other.now);
    },
  });
}
