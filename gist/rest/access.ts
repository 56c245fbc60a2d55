import { type CallOptions, escapeText, LockAccessError } from "../../lock/mod.ts";
import { SCOPE_ADVICE } from "../access.ts";
import { readLogin } from "./response.ts";
import type { GistFile } from "./read_revision.ts";

/** The owner of a gist and the scopes of the token, as a response names them. */
export interface Owned {
  /** The account that owns the gist; `undefined` if the server does not say. */
  readonly owner: string | undefined;
  /** The token's scopes, separated by commas; `undefined` if the server does not say. */
  readonly scopes: string | undefined;
}

/** An account, and the scopes of the token that it was asked for with. */
interface Account {
  /** The account's name; `undefined` if the server does not say. */
  readonly login: string | undefined;
  readonly scopes: string | undefined;
}

/**
 * Refuses a token that cannot write the gist, as far as that can be known without writing.
 *
 * @param gist The gist.
 * @param readOwned Reads the gist.
 * @throws {LockAccessError} If there is no token, it is another account's, or it lacks the scope.
 * @throws {LockError} If the server cannot be asked.
 */
export async function checkAccess(
  gist: GistFile,
  readOwned: () => Promise<Owned>,
  options: CallOptions,
): Promise<void> {
  const { client, where } = gist;
  if (!client.hasToken) {
    throw new LockAccessError(
      `Cannot write ${where} as no token was given, and every write needs one`,
    );
  }
  const { owner, scopes } = await readOwned();
  const account = await readAccount(gist, options);
  refuseOtherAccount(where, owner, account.login);
  refuseWithoutScope(where, account.scopes ?? scopes);
}

/** Returns the token's account, if the server says: it may refuse this to a token that can write gists. */
async function readAccount(
  { client, where }: GistFile,
  { signal }: CallOptions,
): Promise<Account> {
  try {
    const { value, scopes } = await client.requestUser(where, { signal });
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
  // Names of accounts are the same in any case.
  if (!owner || !login || owner.toLowerCase() === login.toLowerCase()) return;
  const name = escapeText(owner, 40);
  throw new LockAccessError(
    `Cannot write ${where} as it belongs to the account "${name}" and the token to "${
      escapeText(login, 40)
    }": use a token of "${name}"`,
  );
}

function refuseWithoutScope(where: string, scopes: string | undefined): void {
  if (scopes === undefined || scopes.split(",").some((scope) => scope.trim() === "gist")) return;
  const found = scopes.trim() === "" ? "no scope" : `only "${escapeText(scopes.trim(), 80)}"`;
  throw new LockAccessError(`Cannot write ${where} as the token has ${found}: ${SCOPE_ADVICE}`);
}
