import type { Figures } from "./status.ts";
import { type Metric, renderPrometheus } from "./metrics.ts";

/** The header that a request to resign must have: a web page cannot set it on another origin's address. */
export const RESIGN_HEADER = "x-elector";

/** What the HTTP address tells, read anew for each request. */
export interface HttpSources {
  /** How the candidate stands. */
  readonly figures: () => Figures;
  /** Its metrics. */
  readonly metrics: () => readonly Metric[];
  /** What is wrong with it; `undefined` if nothing is. */
  readonly fault: () => Error | undefined;
  /** Makes it step down; returns whether it led. */
  readonly resign: () => boolean;
}

/** Answers requests about a candidate. Nothing is cached, here or by whoever asks. */
export function httpHandler(
  sources: HttpSources,
): (request: Request, info?: { readonly remoteAddr: Deno.Addr }) => Response {
  return (request, info) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/resign") return resign(sources, request, info?.remoteAddr);
    if (request.method !== "GET" && request.method !== "HEAD") return text(405, "Only GET\n");
    switch (pathname) {
      case "/":
        return json(200, sources.figures());
      case "/leader":
        return leader(sources.figures());
      case "/healthz":
        return health(sources.fault());
      case "/metrics":
        return text(200, renderPrometheus(sources.metrics()), PROMETHEUS);
      default:
        return text(404, "There are /, /leader, /healthz and /metrics\n");
    }
  };
}

const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

function leader({ isLeader, identity, leader, token, remainingSeconds }: Figures): Response {
  return isLeader
    ? json(200, { leader: identity, token, remainingSeconds })
    : json(503, { leader: leader });
}

function health(fault: Error | undefined): Response {
  return fault ? text(503, `${fault.message}\n`) : text(200, "ok\n");
}

/** Only who is on this machine, and no web page, may make it step down. */
function resign(sources: HttpSources, request: Request, from: Deno.Addr | undefined): Response {
  if (request.method !== "POST") return text(405, "Only POST\n");
  const isLocal = from?.transport === "tcp" && /^(127\.|::1$|::ffff:127\.)/.test(from.hostname);
  if (
    !isLocal || request.headers.get(RESIGN_HEADER) !== "resign" || request.headers.has("origin")
  ) {
    return text(403, "Only `elector resign` on this machine may ask for this\n");
  }
  return json(200, { resigned: sources.resign() });
}

function json(status: number, value: unknown): Response {
  return text(status, `${JSON.stringify(value)}\n`, "application/json");
}

function text(status: number, body: string, type = "text/plain; charset=utf-8"): Response {
  return new Response(body, {
    status,
    headers: { "content-type": type, "cache-control": "no-store" },
  });
}
