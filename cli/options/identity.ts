import { randomSession } from "../../lock/system.ts";

/** A candidate's identity unless it is set: the name of the machine, and a random part for each process. */
export function defaultIdentity(): string {
  return `${hostname()}-${randomSession().slice(0, 6)}`;
}

function hostname(): string {
  try {
    return Deno.hostname().replaceAll(/\p{Cc}/gu, "").slice(0, 100) || "elector";
  } catch {
    // Without the permission, the random part is all that differs.
    return "elector";
  }
}
