import type { GistServer } from "../../../gist/server/mod.ts";

export const ORIGIN = "https://api.github.com";

/** A request to the REST API. */
export interface Ask {
  readonly method?: string;
  /** `null` sends none. */
  readonly token?: string | null;
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export function requestOf(path: string, options: Ask = {}): Request {
  const { method = "GET", token = "local-token", body = null, headers, signal = null } = options;
  return new Request(ORIGIN + path, {
    method,
    body: body === null || typeof body === "string" ? body : JSON.stringify(body),
    signal,
    headers: {
      "user-agent": "test",
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
}

/** Sends a request and reads the whole answer. */
export async function ask(server: GistServer, path: string, options?: Ask) {
  const response = await server.fetch(requestOf(path, options));
  const { status, headers } = response;
  const text = await response.text();
  const isJson = headers.get("content-type")?.startsWith("application/json");
  // deno-lint-ignore no-explicit-any -- answers are asked for whatever they are expected to hold
  return { status, headers, text, json: (isJson ? JSON.parse(text) : undefined) as any };
}

/** A PATCH that writes the file `a`. */
export function write(content: string): Ask {
  return { method: "PATCH", body: { files: { a: { content } } } };
}
