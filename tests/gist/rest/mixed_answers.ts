import type { GistServer, ProceedOptions, ReceivedRequest } from "../../../gist/server/mod.ts";

/** An answer put together from two instants: each so many revisions before the newest. */
export interface Mixture {
  /** Whose text is shown. */
  readonly text: number;
  /** Which revision the history begins with. */
  readonly history: number;
}

type Answer = (
  request: ReceivedRequest,
  proceed: (options?: ProceedOptions) => Promise<Response>,
) => Promise<Response>;

/** Answers about the whole gist with the text of one instant and the history of another. A write is applied first. */
export function mixed(server: GistServer, id: string, { text, history }: Mixture): Answer {
  return async (_request, proceed) => {
    const response = await proceed();
    return response.status === 304 ? response : mix(server, id, { text, history });
  };
}

/** An answer with the text of one instant and the history of another. */
export function mix(server: GistServer, id: string, { text, history }: Mixture): Response {
  const revisions = server.revisions(id);
  const files = Object.entries(revisions[text]?.files ?? {})
    .map(([name, content]) => [name, { content, truncated: false }]);
  return Response.json({
    files: Object.fromEntries(files),
    history: revisions.slice(history).map(({ version }) => ({ version })),
  }, { headers: { etag: `"${text}.${history}.${revisions[0]?.version}"` } });
}

/** Whether a request is for the whole gist as it is now. */
export function isGist({ url }: ReceivedRequest): boolean {
  return /\/gists\/[^/]+$/.test(url.pathname);
}

/** Whether a request is for one revision by its name. */
export function isByName({ url }: ReceivedRequest): boolean {
  return /\/[0-9a-f]{40}$/.test(url.pathname);
}
