import { isIdentity } from "../../lock/mod.ts";
import { listening } from "../errors.ts";
import { originOf } from "../options/values.ts";
import { settleWithin } from "../run/settle.ts";
import { type Metric, renderPrometheus } from "./metrics.ts";
import { prefersHtml } from "./page/accept.ts";
import type { PageData } from "./page/data.ts";
import { renderPage } from "./page/page.ts";
import type { CandidateStatus } from "./status.ts";

/** The header that a request to resign must have: a web page cannot set it on an address of another origin. */
export const RESIGN_HEADER = "x-elector";

/** Data sources of the HTTP endpoints, evaluated per request. */
export interface HttpSources {
  status(): CandidateStatus;
  metrics(): readonly Metric[];
  /** What is wrong with the candidate; `undefined` if nothing is. */
  fault(): Error | undefined;
  page(): PageData;
  /** Makes the candidate step down, in favour of another one if it is named; returns whether it led, and another did not. */
  resign(to: string | undefined): boolean;
}

/** How long the end waits for a client that does not read its response, in milliseconds. */
const CLOSE_MS = 1_000;

export interface Listening extends AsyncDisposable {
  /** The address, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

export function listen({ hostname, port }: Deno.NetAddr, sources: HttpSources): Listening {
  const closing = new AbortController();
  const options = {
    hostname,
    port,
    signal: closing.signal,
    onListen: () => {},
    // The runtime would print the error, and block while stderr is not read.
    onError: () => new Response("Cannot read the status of this candidate\n", { status: 500 }),
  };
  const server = listening(
    `listen on ${originOf({ hostname, port })}`,
    () => Deno.serve(options, httpHandler(sources)),
  );
  return {
    url: originOf(server.addr),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await settleWithin(server.finished, CLOSE_MS);
    },
  };
}

/** Handles requests about a candidate. Responses are never cached. */
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
          : json(200, sources.status());
      case "/leader":
        return leader(sources.status());
      case "/livez":
        // Only shows that the process responds: a failure of the store must not restart it.
        return text(200, "ok\n");
      case "/healthz":
        return health(sources.fault());
      case "/metrics":
        return text(200, renderPrometheus(sources.metrics()), PROMETHEUS);
      default:
        return text(404, "Not found: use /, /leader, /livez, /healthz or /metrics\n");
    }
  };
}

const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

function leader({ isLeader, leader, token, remainingSeconds }: CandidateStatus): Response {
  return isLeader ? json(200, { leader, token, remainingSeconds }) : json(503, { leader });
}

function health(fault: Error | undefined): Response {
  return fault ? text(503, `${fault.message}\n`) : text(200, "ok\n");
}

/** Only a process on this machine, and not a web page, may make the candidate step down. */
function resign(sources: HttpSources, request: Request, from: Deno.Addr | undefined): Response {
  if (request.method !== "POST") return text(405, "Only POST\n");
  const isLocal = from?.transport === "tcp" && /^(127\.|::1$|::ffff:127\.)/.test(from.hostname);
  if (
    !isLocal || request.headers.get(RESIGN_HEADER) !== "resign" || request.headers.has("origin")
  ) {
    return text(403, "Only `elector resign` on this machine may do this\n");
  }
  const to = new URL(request.url).searchParams.get("to") ?? undefined;
  if (to !== undefined && !isIdentity(to)) {
    return text(400, "The parameter `to` must be a candidate's name\n");
  }
  return json(200, { resigned: sources.resign(to) });
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
