import { type Clock, escapeText, type Fetch } from "../../lock/mod.ts";
import { OverdueError, within } from "../within.ts";

/** What a candidate says of itself at its address, or why that is not known. */
export interface SurveyedCandidate {
  /** Its address, as it was given. */
  readonly url: string;
  /** Whether it responded as a candidate. */
  readonly alive: boolean;
  /** Whether it could lead: it reaches the store, may write, and its workload is ready. */
  readonly able: boolean;
  /** Why it is not alive, or not able; `null` if it is. */
  readonly reason: string | null;
  readonly identity: string | null;
  readonly role: string | null;
  /** Whether it leads, by its own clock. */
  readonly isLeader: boolean;
  readonly leader: string | null;
  readonly token: number | null;
  readonly lock: string | null;
  readonly version: string | null;
  /** How long it took to respond, in milliseconds; `null` without a response. */
  readonly took: number | null;
}

/** The longest response to read, in bytes. A candidate's is about one thousand. */
const MAX_BYTES = 65_536;

/** The longest text of a response to keep, in characters. */
const MAX_TEXT = 300;

const UNKNOWN = {
  alive: false,
  able: false,
  identity: null,
  role: null,
  isLeader: false,
  leader: null,
  token: null,
  lock: null,
  version: null,
  took: null,
} as const;

/** Asks candidates for their status, all at once, and returns what each said, in the same order. Never rejects. */
export async function surveyCandidates(
  urls: readonly string[],
  { fetch, clock, timeout }: { readonly fetch: Fetch; readonly clock: Clock; timeout: number },
): Promise<SurveyedCandidate[]> {
  return await Promise.all(urls.map(async (url) => {
    const startedAt = clock.monotonic();
    try {
      const body = await within(timeout, clock, (signal) => ask(url, fetch, signal));
      return readStatus(url, body, clock.monotonic() - startedAt);
    } catch (error) {
      const reason = error instanceof OverdueError
        ? `no response within ${timeout} ms`
        : error instanceof NotACandidate
        ? error.message
        : "cannot be reached";
      return { ...UNKNOWN, url, reason };
    }
  }));
}

/** What responds is something else. */
class NotACandidate extends Error {}

async function ask(url: string, fetch: Fetch, signal: AbortSignal): Promise<string> {
  const headers = { accept: "application/json" };
  const response = await fetch(new Request(url, { headers, redirect: "manual", signal }));
  const { status, body } = response;
  if (status !== 200) {
    await body?.cancel();
    throw new NotACandidate(`not a candidate (status ${status})`);
  }
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new NotACandidate("not a candidate (the response is too long)");
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function readStatus(url: string, body: string, took: number): SurveyedCandidate {
  const json = parse(body);
  const [identity, role] = [textIn(json, "identity"), textIn(json, "role")];
  if (identity === null || role === null) throw new NotACandidate("not a candidate");
  const reason = whyUnable(json, role);
  return {
    url,
    alive: true,
    able: reason === null,
    reason,
    identity,
    role,
    isLeader: json.isLeader === true,
    leader: textIn(json, "leader"),
    token: Number.isSafeInteger(json.token) ? Number(json.token) : null,
    lock: textIn(json, "lock"),
    version: textIn(json, "version"),
    took,
  };
}

/** Why a candidate could not lead; `null` if it could. */
function whyUnable(json: Record<string, unknown>, role: string): string | null {
  const said = textIn(json, "lastError");
  const why = said === null ? "" : `: ${said}`;
  if (typeof json.refusedSeconds === "number") return `its writes are refused${why}`;
  if (json.storeReachable !== true) return `it does not reach the store${why}`;
  if (json.ready === false) return "its workload is not ready";
  if (role !== "leader" && role !== "follower") return `its role is "${escapeText(role, 20)}"`;
  return null;
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function textIn(json: Record<string, unknown>, key: string): string | null {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : null;
}
