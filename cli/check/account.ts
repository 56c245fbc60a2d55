import type { TokenAccount } from "../../gist/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { type Check, fail, pass, quote, skip } from "./check.ts";
import type { AccountReader } from "./target.ts";

/** Checks the access token, its scopes, and that the gist belongs to its account. */
export function accountChecks(reader: AccountReader): Check[] {
  let account: TokenAccount | undefined;
  return [
    {
      name: "token",
      async run() {
        account = await reader.readAccount();
        const { login } = account;
        return login === undefined
          ? skip("the API does not reveal the account of this token")
          : pass(`of the account ${quote(login, 40)}`);
      },
    },
    {
      name: "scope",
      run: () => account ? scopeResult(account) : skip("the token was not accepted"),
    },
    {
      name: "owner",
      async run() {
        if (!account) return skip("the token was not accepted");
        return ownerResult(await reader.readOwner(), account);
      },
    },
  ];
}

function scopeResult({ scopes }: TokenAccount) {
  if (scopes === undefined) {
    return skip('the API reveals no scopes of this token: a fine-grained one needs "Gists: write"');
  }
  if (scopes.includes("gist")) return pass(`the token has "gist"`);
  const found = scopes.length === 0
    ? "no scope"
    : `only ${scopes.map((scope) => quote(scope, 40)).join(", ")}`;
  const advice = 'create a classic token with the scope "gist"';
  return fail(EXIT.noAccess, `the token has ${found}: ${advice}`);
}

function ownerResult(owner: string | undefined, { login }: TokenAccount) {
  if (owner === undefined || login === undefined) {
    const whose = owner === undefined ? "gist" : "token";
    return skip(`the API does not reveal the account of the ${whose}`);
  }
  const [gist, token] = [owner, login].map((name) => quote(name, 40));
  // The names of accounts are case-insensitive.
  if (owner.toLowerCase() === login.toLowerCase()) return pass(`the gist belongs to ${gist}, too`);
  const advice = `use a token of ${gist}, or check the gist's id`;
  return fail(EXIT.noAccess, `the gist belongs to ${gist} and the token to ${token}: ${advice}`);
}
