import { step } from "../../elector/machine.ts";
import { answerToWrite, applyWrite } from "../model/store.ts";

/** How candidates decide, and how what they wrote is judged: the shipped way, or one to be told from it. */
export interface Design {
  /** The election. */
  readonly step: typeof step;
  /** What a write that arrives does. */
  readonly applyWrite: typeof applyWrite;
  /** What its writer is told. */
  readonly answerToWrite: typeof answerToWrite;
}

/** What ships. */
export const SHIPPED: Design = { step, applyWrite, answerToWrite };
