/*
 * The messages between the two processes of `elector run`, each a line of JSON.
 *
 * The *keeper* is the process that the user started: it starts the command, and ends it. The *campaigner* takes part in
 * the election. When a term begins or ends, the campaigner sends `changed`, and the keeper asks how long the term
 * lasts; while there is a term or a command, it asks repeatedly. It counts from the moment when it *asked*: an answer
 * that is delayed in the pipe cannot make the command run longer.
 */

/** A term that the campaigner grants. */
export interface GrantedTerm {
  readonly token: number;
  /** How long it is still valid, in milliseconds, read after the question has arrived. */
  readonly remaining: number;
  /** When it began, by the wall clock, in milliseconds. For people. */
  readonly since: number;
}

export type KeeperMessage =
  /** Is there a term, and how long does it last? With the number of log lines that the keeper has dropped. */
  | { readonly type: "ask"; readonly n: number; readonly dropped?: number }
  /** The command of this term was started; its process group has this id. */
  | { readonly type: "spawned"; readonly token: number; readonly pid: number }
  /** The command of this term is gone, or was never started. */
  | { readonly type: "ended"; readonly token: number; readonly byItself: boolean }
  /** A process of the command of this term is alive, and cannot be ended. */
  | { readonly type: "unended"; readonly token: number }
  /** End the campaign. */
  | { readonly type: "stop" };

/** The signals that end a run. */
export type StopSignal = "SIGTERM" | "SIGINT";

export type CampaignerMessage =
  /** Names the lock, once and before all else. For people. */
  | { readonly type: "lock"; readonly name: string }
  /** Answers the question with the same number. */
  | { readonly type: "answer"; readonly n: number; readonly term: GrantedTerm | null }
  /** Something has changed: ask now. */
  | { readonly type: "changed" }
  /** The campaigner received a signal to end. */
  | { readonly type: "stopped"; readonly signal: StopSignal }
  /** The campaign has ended; the process is about to exit. */
  | { readonly type: "over"; readonly code: number };

/** Reads a message of the keeper; `undefined` if the line is not one. */
export function parseKeeperMessage(line: string): KeeperMessage | undefined {
  const { type, n, token, pid, byItself, dropped } = parseObject(line);
  if (type === "ask" && isCount(n)) return { type, n, ...(isCount(dropped) && { dropped }) };
  if (type === "spawned" && isCount(token) && isCount(pid)) return { type, token, pid };
  if (type === "ended" && isCount(token)) return { type, token, byItself: byItself === true };
  if (type === "unended" && isCount(token)) return { type, token };
  return type === "stop" ? { type } : undefined;
}

/** Reads a message of the campaigner; `undefined` if the line is not one. */
export function parseCampaignerMessage(line: string): CampaignerMessage | undefined {
  const { type, name, n, term, signal, code } = parseObject(line);
  if (type === "lock" && typeof name === "string") return { type, name };
  if (type === "changed") return { type };
  if (type === "stopped" && (signal === "SIGTERM" || signal === "SIGINT")) return { type, signal };
  if (type === "over" && isCount(code)) return { type, code };
  if (type !== "answer" || !isCount(n)) return undefined;
  if (typeof term !== "object" || term === null) return { type, n, term: null };
  const { token, remaining, since } = term as Record<string, unknown>;
  if (!isCount(token) || typeof remaining !== "number" || typeof since !== "number") {
    return undefined;
  }
  return { type, n, term: { token, remaining, since } };
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
