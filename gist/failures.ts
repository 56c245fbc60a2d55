import {
  escapeText,
  LockAccessError,
  LockDeletedError,
  type LockError,
  LockUnavailableError,
} from "../lock/mod.ts";

/** An answer of the REST API that is no success, and no rate limit. */
export interface FailedRequest {
  /** The method that was asked with. */
  readonly method: string;
  /** The HTTP status that came back. */
  readonly status: number;
  /** The answer's own message, free of secrets; `""` where there was none. */
  readonly message: string;
  /** Names the gist; see `describeGist`. */
  readonly where: string;
  /** Whether a token was sent. */
  readonly hasToken: boolean;
}

/**
 * Makes the error that a failed request means. Where it is a {@linkcode LockAccessError}, nothing was written; after any
 * other failure of a write its outcome is unknown.
 */
export function failureOf(request: FailedRequest): LockError {
  const { method, status, message, where } = request;
  const verb = method === "GET" ? "read" : "write";
  const advice = accessAdvice(request);
  if (advice !== undefined) {
    return new LockAccessError(`Cannot ${verb} ${where} as ${advice} (status ${status})`, status);
  }
  const quoted = message === "" ? "" : `, "${escapeText(message)}"`;
  return new LockUnavailableError(
    `Cannot ${verb} ${where} as the server must answer with success: it answered ${status}${quoted}`,
  );
}

function accessAdvice({ method, status, hasToken }: FailedRequest): string | undefined {
  const isRead = method === "GET";
  if (status !== 401 && status !== 403 && status !== 404) return undefined;
  if (status === 401 && hasToken) {
    return "the server does not know the token: it may be mistyped, expired or revoked";
  }
  if (status !== 404 && hasToken) {
    return 'the token may not: a classic token needs the scope "gist", a fine-grained one "Gists: write"';
  }
  if (!isRead && !hasToken) return "no token was given, and every write needs one";
  return isRead
    ? "there is no such gist that may be seen with this token: check the id, and the base URL"
    : "only its owner can write a gist: use a token of that account, and check the id";
}

/** Tells a person how to bring a deleted record back without letting fencing tokens restart. */
export function deletedError(where: string, lastToken: number | undefined): LockDeletedError {
  const rule = lastToken === undefined
    ? "where N is no lower than any fencing token so far"
    : `where ${lastToken} is the last fencing token`;
  return new LockDeletedError(
    `Cannot read ${where} as the file was deleted: to bring it back, once nobody leads any more, put {"leaderTransitions":${
      lastToken ?? "N"
    }} into it, ${rule}`,
  );
}
