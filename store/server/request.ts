/** A request whose body has arrived, so that it can be processed twice, or late. */
export interface ReceivedRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The address. */
  readonly url: URL;
  /** The headers. */
  readonly headers: Headers;
  /** The body; may be empty. */
  readonly body: Uint8Array;
}

/** Reads a request to its end. */
export async function receive(request: Request): Promise<ReceivedRequest> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    body: new Uint8Array(await request.arrayBuffer()),
  };
}
