import { randomSession } from "../../lock/system.ts";

/** A candidate's name where none is given: this machine's, and something random to tell processes apart. */
export function defaultIdentity(): string {
  return `${hostname()}-${randomSession().slice(0, 6)}`;
}

function hostname(): string {
  try {
    return Deno.hostname().replaceAll(/\p{Cc}/gu, "").slice(0, 100) || "elector";
  } catch {
    // Not permitted to ask: the random part alone has to tell them apart.
    return "elector";
  }
}
