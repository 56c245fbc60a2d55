import { HandoverRefusedError, requestHandover } from "../../../elector/mod.ts";
import { LockError, UnsafeStoreError } from "../../../lock/mod.ts";
import type { Campaign } from "./campaign.ts";
import { Host } from "./machines/host.ts";
import { Process } from "./machines/process.ts";

/** What the sender of an operator's request begins with. */
const OPERATOR = "operator ";

/** Whether an operator made a request, and not a candidate of a better rank. */
export function isOperator(requestedBy: string): boolean {
  return requestedBy.startsWith(OPERATOR);
}

/** How long an operator's process stands still, and how soon after its start, in milliseconds. */
interface Pause {
  readonly after: number;
  readonly for: number;
}

/** Asks for a handover as an operator does: from a process of its own, with a lock object of its own. */
export async function ask(
  campaign: Campaign,
  number: number,
  name: string,
  pause?: Pause,
): Promise<void> {
  const { time, plan: { timings }, random, place } = campaign;
  const requestedBy = `${OPERATOR}${number}`;
  const process = new Process(new Host(time, 1), time, random);
  let commits = 0;
  const lock = place.lock({
    identity: requestedBy,
    process,
    timings,
    random,
    nonce: () => `${requestedBy} ${commits++}`,
    reach: (server) => (request) => process.deliver(server(request)),
  });
  campaign.trace.note(`${requestedBy} asks for ${name}`);
  if (pause) {
    campaign.after(pause.after, () => process.pause());
    campaign.after(pause.after + pause.for, () => process.resume());
  }
  const { pollPeriod } = timings;
  let told = "failed";
  try {
    const result = await requestHandover(lock, name, { clock: process, requestedBy, pollPeriod });
    campaign.guard(() => campaign.promises.checkAnswer(result, name));
    told = result.outcome;
  } catch (error) {
    if (error instanceof HandoverRefusedError) told = `refused, ${error.reason}`;
    else if (!(error instanceof LockError) || error instanceof UnsafeStoreError) {
      return campaign.fail(error);
    }
  }
  campaign.trace.note(`${requestedBy} is told: ${told}`);
  campaign.met(`a request is answered: ${told}`);
}
