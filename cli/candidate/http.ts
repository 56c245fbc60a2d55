import type { Figures } from "./status.ts";
import { type Metric, renderPrometheus } from "./metrics.ts";
import { prefersHtml } from "./page/accept.ts";
import type { PageData } from "./page/data.ts";
import { renderPage } from "./page/page.ts";

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
  /** What its page for people shows. */
  readonly page: () => PageData;
  /** Makes it step down; returns whether it led. */
  readonly resign: () => boolean;
}

/** Answers requests about a candidate. Nothing is cached, here or by whoever asks. */
export function httpHandler(
  sources: HttpSources,
): (request: Request, info?: { readonly remoteAddr: Deno.Addr }) => Response {
  return (request, info) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/resign") return resign(sources, request, info?.remoteAddr);
    if (request.method !== "GET" && request.method !== "HEAD") return text(405, "Only GET\n");
    switch (pathname) {
      case "/":
        return prefersHtml(request.headers.get("accept"))
          ? page(sources.page(), searchParams.get("refresh") !== "off")
          : json(200, sources.figures());
      case "/leader":
        return leader(sources.figures());
      case "/livez":
        // That it responds is all that it says: what the store does must restart nothing.
        return text(200, "ok\n");
      case "/healthz":
        return health(sources.fault());
      case "/metrics":
        return text(200, renderPrometheus(sources.metrics()), PROMETHEUS);
      default:
        return text(404, "There are /, /leader, /livez, /healthz and /metrics\n");
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

function page(data: PageData, isRefreshing: boolean): Response {
  const { html, policy } = renderPage(data, { isRefreshing });
  const response = text(200, html, "text/html; charset=utf-8");
  response.headers.set("content-security-policy", policy);
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}

function text(status: number, body: string, type = "text/plain; charset=utf-8"): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      vary: "accept",
    },
  });
}
