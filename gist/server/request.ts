/** A request whose body has arrived, so that it can be answered twice, or late. */
export interface ReceivedRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** Where it was sent. */
  readonly url: URL;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body; empty where there is none. */
  readonly body: Uint8Array;
}

/** What a request is about: the kinds that cost differently. */
export type RequestKind = "read" | "write" | "git-poll" | "git-fetch" | "git-push";

/** Reads a request to its end. */
export async function receive(request: Request): Promise<ReceivedRequest> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: request.headers,
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/** The path as `api.github.com` and `gist.github.com` have it; GitHub Enterprise Server puts a folder before each. */
export function plainPath(url: URL): string {
  return url.pathname.replace(/^\/(?:api\/v3|gist)(?=\/)/, "");
}

/** What a request is about. */
export function kindOf({ method, url }: Pick<ReceivedRequest, "method" | "url">): RequestKind {
  const path = plainPath(url);
  if (path.endsWith("/git-receive-pack")) return "git-push";
  if (path.endsWith("/git-upload-pack")) return "git-fetch";
  if (path.endsWith(".git/info/refs")) return "git-poll";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}
