import type { ReceivedRequest } from "../../store/server/mod.ts";

export type { ReceivedRequest };

/** The kinds of requests, by their cost. */
export type RequestKind = "read" | "write" | "git-poll" | "git-fetch" | "git-push";

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
