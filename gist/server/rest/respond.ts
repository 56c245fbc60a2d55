/** An error response of the REST API. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";

  /** @param details Further members of the JSON. */
  constructor(
    readonly status: number,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Returns the header that says when to try again; none if `seconds` is `undefined`. */
export function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { "retry-after": String(seconds) };
}

export function refuse({ status, message, details, headers }: RefusedRequest): Response {
  const body = { message, ...details, documentation_url: DOCUMENTATION, status: String(status) };
  return json(status, body, headers);
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

export function text(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { "content-type": "text/plain; charset=utf-8" };
  return new Response(body, { status, headers: { ...type, ...headers } });
}

const DOCUMENTATION = "https://docs.github.com/rest";
