import { step } from "../../elector/machine.ts";
import { answerToWrite, applyWrite } from "./store.ts";

/** How candidates decide, and what becomes of what they write: the shipped way, or one to be told from it. */
export interface Design {
  /** Names it. */
  readonly name: string;
  /** The election. */
  readonly step: typeof step;
  /** What a write that arrives does. */
  readonly applyWrite: typeof applyWrite;
  /** What its writer makes of the answer. */
  readonly answerToWrite: typeof answerToWrite;
}

/** What ships. */
export const SHIPPED: Design = { name: "shipped", step, applyWrite, answerToWrite };
