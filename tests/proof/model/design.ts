import { step } from "../../../elector/machine/step.ts";
import { answerToRead, answerToWrite } from "./answers.ts";
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
