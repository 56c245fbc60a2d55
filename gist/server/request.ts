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

/** The kinds of requests, by their cost. */
export type RequestKind = "read" | "write" | "git-poll" | "git-fetch" | "git-push";

export async function receive(request: Request): Promise<ReceivedRequest> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/** Returns the path as on `api.github.com` and `gist.github.com`, without the prefix of GitHub Enterprise Server. */
export function plainPath(url: URL): string {
  return url.pathname.replace(/^\/(?:api\/v3|gist)(?=\/)/, "");
}

export function kindOf({ method, url }: Pick<ReceivedRequest, "method" | "url">): RequestKind {
  const path = plainPath(url);
  if (path.endsWith("/git-receive-pack")) return "git-push";
  if (path.endsWith("/git-upload-pack")) return "git-fetch";
  if (path.endsWith(".git/info/refs")) return "git-poll";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}
