import type { GistOptions } from "./options.ts";
import { readAccount } from "./rest/access.ts";
import { GistClient } from "./rest/client.ts";
import { readOwner } from "./rest/response.ts";

/** The account and scopes of a token; `undefined` if the server does not reveal them. */
export interface TokenAccount {
  /** The name of its account; text from outside. */
  readonly login: string | undefined;
  /** Its scopes; `undefined` for a fine-grained token, which has permissions instead. Texts from outside. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Reads the account and scopes of a token. Writes nothing.
 *
 * @throws {LockAccessError} If the server does not know the token.
 * @throws {LockError} If the request fails in any other way.
 */
export async function readTokenAccount(options: GistOptions): Promise<TokenAccount> {
  const { login, scopes } = await readAccount(new GistClient(options), {});
  return { login, scopes: scopes === undefined ? undefined : split(scopes) };
}

/**
 * Reads the owner of a gist; `undefined` if the server does not reveal it. Text from outside.
 *
 * @throws {LockAccessError} If the gist does not exist, or this token cannot read it.
 * @throws {LockError} If the request fails in any other way.
 */
export async function readGistOwner(options: GistOptions): Promise<string | undefined> {
  const { value } = await new GistClient(options).request("GET", "");
  return readOwner(value);
}

function split(scopes: string): string[] {
  return scopes.split(",").map((scope) => scope.trim()).filter((scope) => scope !== "");
}
