import { type CallOptions, escapeText, LockAccessError } from "../../lock/mod.ts";
import { SCOPE_ADVICE, TOKEN_ADVICE } from "../access.ts";
import { readLogin } from "./response.ts";
import type { GistClient } from "./client.ts";

/** What a response reveals about the gist's owner and the token's scopes; `undefined` if nothing. */
export interface Owned {
  readonly owner: string | undefined;
  /** Separated by commas. */
  readonly scopes: string | undefined;
}

/**
 * Checks, without writing, that the token can write the gist, as far as the server reveals it.
 *
 * @throws {LockAccessError} If there is no token, it is another account's, or it lacks the scope.
 * @throws {LockError} If a request fails.
 */
export async function checkAccess(
  gist: GistClient,
  readOwned: () => Promise<Owned>,
  options: CallOptions,
): Promise<void> {
  const { where } = gist;
  if (!gist.hasToken) {
    throw new LockAccessError(`Cannot write ${where}: no token was given; ${TOKEN_ADVICE}`);
  }
  const { owner, scopes } = await readOwned();
  const account = await readAccount(gist, options);
  refuseOtherAccount(where, owner, account.login);
  refuseWithoutScope(where, account.scopes ?? scopes);
}

/** Reads the token's account. The server may refuse this to a token that can write gists. */
export async function readAccount(
  gist: GistClient,
  options: CallOptions,
): Promise<{ login: string | undefined; scopes: string | undefined }> {
  try {
    const { value, scopes } = await gist.requestUser(options);
    return { login: readLogin(value), scopes };
  } catch (error) {
    // 401 means that the token is wrong.
    if (!(error instanceof LockAccessError) || error.status === 401) throw error;
    return { login: undefined, scopes: undefined };
  }
}

function refuseOtherAccount(
  where: string,
  owner: string | undefined,
  login: string | undefined,
): void {
  // The names of accounts are case-insensitive.
  if (!owner || !login || owner.toLowerCase() === login.toLowerCase()) return;
  const [name, other] = [owner, login].map((one) => escapeText(one, 40));
  throw new LockAccessError(
    `Cannot write ${where}: it belongs to the account "${name}" and the token to "${other}"; use a ` +
      `token of "${name}"`,
  );
}

function refuseWithoutScope(where: string, scopes: string | undefined): void {
  if (scopes === undefined || scopes.split(",").some((scope) => scope.trim() === "gist")) return;
  const found = scopes.trim() === "" ? "no scope" : `only "${escapeText(scopes.trim(), 80)}"`;
  throw new LockAccessError(`Cannot write ${where}: the token has ${found}; ${SCOPE_ADVICE}`);
}
