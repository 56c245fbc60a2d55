/** A request that is answered with an error of the REST API. */
export class RefusedRequest extends Error {
  /** The literal name of this error. */
  override readonly name = "RefusedRequest";
  /** The HTTP status. */
  readonly status: number;
  /** What is said beside the message. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /** Makes the error from a status and GitHub's own message. */
  constructor(
    status: number,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

/** An error as the REST API words it. */
export function refuse({ status, message, details, headers }: RefusedRequest): Response {
  const body = { message, ...details, documentation_url: DOCUMENTATION, status: String(status) };
  return json(status, body, headers);
}

/** A JSON answer. */
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

/** A plain text answer. */
export function text(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = { "content-type": "text/plain; charset=utf-8" };
  return new Response(body, { status, headers: { ...type, ...headers } });
}

const DOCUMENTATION = "https://docs.github.com/rest";
