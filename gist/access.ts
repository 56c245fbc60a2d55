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
  /** The server's own sentence, as {@linkcode quoteServer} returns it; `""` where there was none. */
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
  const quoted = message === "" ? "" : `, "${message}"`;
  const advice = accessAdvice(request);
  if (advice !== undefined) {
    return new LockAccessError(
      `Cannot ${verb} ${where} as ${advice} (status ${status}${quoted})`,
      status,
    );
  }
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
  if (status !== 404 && hasToken) return `the token may not: ${SCOPE_ADVICE}`;
  if (!isRead && !hasToken) return "no token was given, and every write needs one";
  return isRead
    ? "there is no such gist that may be seen with this token: check the id, and the base URL"
    : "only its owner can write a gist: use a token of that account, and check the id";
}

/** What a token needs to write gists. */
export const SCOPE_ADVICE =
  'a classic token needs the scope "gist", a fine-grained one "Gists: write"';

/** The longest part of a server's sentence that is passed on, in characters. */
const LONGEST_QUOTE = 200;

/**
 * The sentence in the body of a refusal, which alone says that single sign-on is required, that an account is suspended, or
 * that an address is not on a list: escaped, and without secrets. `""` if there is none.
 *
 * @param value The JSON of the body, which may be anything.
 * @param secrets Texts that may appear nowhere: the token, the gist's id.
 */
export function quoteServer(value: unknown, secrets: readonly string[]): string {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "message")) return "";
  const { message } = value as { message: unknown };
  if (typeof message !== "string") return "";
  const text = secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), message);
  // Headers that are quoted may be escaped in ways that hide a secret from a plain search: such a text is dropped whole.
  if (/\b(?:bearer|basic)[\s"']+\S{20}|authorization["']?\s*[:=]/i.test(text)) {
    return "(withheld, as it quotes headers)";
  }
  return escapeText(text.trim(), LONGEST_QUOTE);
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

/** Returns the error of a gist with more void revisions than a search goes through: it says how to repair that. */
export function tooManyVoidError(where: string, most: number): LockUnavailableError {
  return new LockUnavailableError(
    `Cannot read ${where} as its newest ${most} revisions are void, by writes that lost a race or edits of other files: ` +
      'stop every candidate, then put {"leaderTransitions":N} into the file, where N is no lower than any fencing token so ' +
      "far, and use a gist of its own for the lock",
  );
}
