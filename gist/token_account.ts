import { LockAccessError } from "../lock/mod.ts";
import { checkFileName, DEFAULT_FILE, describeGist, type GistOptions } from "./options.ts";
import { GistClient } from "./rest/client.ts";
import { readLogin, readOwner } from "./rest/response.ts";

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
  try {
    const { value, scopes } = await new GistClient(options).requestUser(nameOf(options));
    return { login: readLogin(value), scopes: scopes === undefined ? undefined : split(scopes) };
  } catch (error) {
    // The server may refuse this to a token that can write gists; 401 means that the token is wrong.
    if (!(error instanceof LockAccessError) || error.status === 401) throw error;
    return { login: undefined, scopes: undefined };
  }
}

/**
 * Reads the owner of a gist; `undefined` if the server does not reveal it. Text from outside.
 *
 * @throws {LockAccessError} If the gist does not exist, or this token cannot read it.
 * @throws {LockError} If the request fails in any other way.
 */
export async function readGistOwner(options: GistOptions): Promise<string | undefined> {
  const { value } = await new GistClient(options).request("GET", "", nameOf(options));
  return readOwner(value);
}

function nameOf({ id, file = DEFAULT_FILE }: GistOptions): string {
  return describeGist(id, checkFileName(file));
}

function split(scopes: string): string[] {
  return scopes.split(",").map((scope) => scope.trim()).filter((scope) => scope !== "");
}
