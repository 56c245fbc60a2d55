import {
  escapeText,
  LockAccessError,
  LockDeletedError,
  type LockError,
  LockUnavailableError,
} from "../lock/mod.ts";
import { member } from "./json.ts";

/** What a token needs to write gists. */
export const SCOPE_ADVICE =
  'a classic token needs the scope "gist", a fine-grained one "Gists: write"';

/** What to do about a write without a token. */
export const TOKEN_ADVICE = 'pass a token of the gist\'s owner with the scope "gist"';

/** Why access is refused, and what to do. */
export type Refusal = readonly [reason: string, advice: string];

/**
 * Returns the error of an error response that is not a rate limit. After a {@linkcode LockAccessError} nothing was written;
 * after any other failure of a write its outcome is unknown.
 *
 * @param quoted What the server says itself, as {@linkcode quoteServer} returns it.
 */
export function responseError(
  attempt: string,
  status: number,
  quoted: string,
  refusal?: Refusal,
): LockError {
  if (refusal === undefined) {
    return new LockUnavailableError(
      `${attempt}: the server responded with status ${status}${quoted}; try again later`,
    );
  }
  const [reason, advice] = refusal;
  return new LockAccessError(
    `${attempt}: ${reason} (status ${status}${quoted}); ${advice}`,
    status,
  );
}

/** Returns what an error response of the REST API says about access; `undefined` if it says nothing. */
export function refusalOf(method: string, status: number, hasToken: boolean): Refusal | undefined {
  if (status !== 401 && status !== 403 && status !== 404) return undefined;
  if (status === 401 && hasToken) {
    return ["the server does not know the token", "it may be mistyped, expired or revoked"];
  }
  if (status !== 404 && hasToken) return ["the token does not allow it", SCOPE_ADVICE];
  if (method === "GET") {
    return [
      "the gist does not exist or this token cannot read it",
      "check the id, the base URL and the token",
    ];
  }
  if (!hasToken) return ["no token was given", TOKEN_ADVICE];
  return [
    "the gist does not exist or belongs to another account",
    "use a token of its owner and check the id",
  ];
}

/** The longest part of a server's message to quote, in characters. */
const LONGEST_QUOTE = 200;

/**
 * Returns the `message` of an error response as the end of a clause: a comma and the message in quotes, escaped and without
 * secrets; `""` if there is none. Only the message says that single sign-on is required, an account is suspended, or an
 * address is not on a list.
 *
 * @param value The JSON of the body, of any shape.
 * @param secrets Texts that must not appear: the access token, the gist's id.
 */
export function quoteServer(value: unknown, secrets: readonly string[]): string {
  const message = member(value, "message");
  if (typeof message !== "string") return "";
  const text = secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), message);
  // A quoted header may be escaped so that a plain search misses the secret: withhold the whole text.
  const quotesHeaders = /\b(?:bearer|basic)[\s"']+\S{20}|authorization["']?\s*[:=]/i.test(text);
  const said = quotesHeaders
    ? "(withheld, as it quotes headers)"
    : escapeText(text.trim(), LONGEST_QUOTE);
  return said === "" ? "" : `, "${said}"`;
}

/** Returns the error of a deleted file: how to restore it without letting fencing tokens restart. */
export function deletedError(where: string, lastToken: number | undefined): LockDeletedError {
  const rule = lastToken === undefined
    ? "where N is at least the highest fencing token so far"
    : `where ${lastToken} is the last fencing token`;
  return new LockDeletedError(
    `Cannot read ${where}: the file was deleted; to restore it, stop every candidate, then put ` +
      `{"leaderTransitions":${lastToken ?? "N"}} into it, ${rule}`,
  );
}

/** Returns the error of a gist with more void revisions than a search goes through: how to repair it. */
export function tooManyVoidError(where: string, most: number): LockUnavailableError {
  return new LockUnavailableError(
    `Cannot read ${where}: its newest ${most} revisions are void, because of lost races or edits of other files; ` +
      'stop every candidate, then put {"leaderTransitions":N} into the file, where N is at least the highest fencing token ' +
      "so far, and use a separate gist for each lock",
  );
}
