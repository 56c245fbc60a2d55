import { CommandError, usageError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { parseGist } from "./gist_id.ts";

interface NamedLock {
  /** The address of an object in a bucket. */
  readonly lock: string | undefined;
  readonly gist: string | undefined;
}

/** Reads the address of a lock: an object of a bucket, or `gist:ID`. The address of an object is checked where it is used. */
export function parseLock(text: string): string | undefined {
  if (isBucket(text)) return text;
  const id = text.startsWith("gist:") ? parseGist(text.slice(5)) : undefined;
  return id ? `gist:${id}` : undefined;
}

/** Whether a text is the address of an object in a bucket, right or wrong. */
export function isBucket(text: string | undefined): boolean {
  return /^(?:s3|gs|az):\/\//.test(text ?? "");
}

/** Takes `gist:ID` for a gist, and refuses two locks. */
export function oneLock({ lock, gist }: NamedLock, isVariable: boolean): NamedLock {
  if (lock === undefined) return { lock, gist };
  if (gist !== undefined) {
    throw isVariable
      ? new CommandError(EXIT.config, "ELECTOR_LOCK and GIST_ID name two locks: unset one of them")
      : usageError("--lock and --gist name two locks: use one of them");
  }
  return isBucket(lock) ? { lock, gist } : { lock: undefined, gist: lock.slice("gist:".length) };
}
