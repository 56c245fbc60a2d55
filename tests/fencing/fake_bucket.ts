/** A bucket in memory that answers as S3 does. An ETag depends on the content alone: the same content has the same one. */
export class FakeBucket {
  readonly #objects = new Map<string, string>();
  /** Requests that change something, with the answer. */
  readonly writes: string[] = [];
  /** Answers of writes to come, in place of the real ones: `409` while another conditional write is in flight. */
  readonly refusals: number[] = [];

  readonly fetch = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    const content = this.#objects.get(path);
    const etag = content === undefined ? undefined : await etagOf(content);
    if (request.method === "GET") {
      return content === undefined
        ? new Response("NoSuchKey", { status: 404 })
        : new Response(content, { headers: { ETag: etag ?? "" } });
    }
    const body = await request.text();
    const status = this.refusals.shift() ?? refusal(request.headers, etag);
    if (status === 200) this.#objects.set(path, body);
    this.writes.push(`${request.method} ${status}`);
    return new Response(null, { status });
  };

  /** The content of an object, as it is stored. */
  get(path: string): string | undefined {
    return this.#objects.get(path);
  }

  /** Stores an object without a condition. */
  set(path: string, content: string): void {
    this.#objects.set(path, content);
  }
}

function refusal(headers: Headers, etag: string | undefined): number {
  const match = headers.get("If-Match");
  if (match !== null && etag === undefined) return 404;
  if (match !== null && match !== etag) return 412;
  if (headers.get("If-None-Match") === "*" && etag !== undefined) return 412;
  return 200;
}

async function etagOf(content: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  return `"${new Uint8Array(hash).toHex()}"`;
}
