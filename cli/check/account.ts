import type { TokenAccount } from "../../gist/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import type { AccountReader } from "./targets.ts";

/** Checks the access token, its scopes, and that the gist belongs to its account. */
export function accountChecks(reader: AccountReader, host: string): Check[] {
  let account: TokenAccount | undefined;
  return [
    {
      name: "token",
      needs: [host],
      async run() {
        account = await reader.readAccount();
        const { login } = account;
        return login === undefined
          ? skip("the API does not reveal the account of this token")
          : pass(`of the account ${quote(login)}`);
      },
    },
    {
      name: "scope",
      needs: [host],
      run: () => account ? scopeResult(account) : skip("the token was not accepted"),
    },
    {
      name: "owner",
      needs: [host],
      async run() {
        if (!account) return skip("the token was not accepted");
        return ownerResult(await reader.readOwner(), account);
      },
    },
  ];
}

function scopeResult({ scopes }: TokenAccount) {
  if (scopes === undefined) {
    return skip(
      'the API reveals no scopes of this token: a fine-grained one needs "Gists: write"',
    );
  }
  if (scopes.includes("gist")) return pass(`the token has "gist"`);
  const found = scopes.length === 0 ? "no scope" : `only ${scopes.map(quote).join(", ")}`;
  return fail(
    EXIT.noAccess,
    `the token has ${found}: create a classic token with the scope "gist"`,
  );
}

function ownerResult(owner: string | undefined, { login }: TokenAccount) {
  if (owner === undefined || login === undefined) {
    return skip(
      `the API does not reveal the account of the ${owner === undefined ? "gist" : "token"}`,
    );
  }
  // The names of accounts are case-insensitive.
  if (owner.toLowerCase() === login.toLowerCase()) {
    return pass(`the gist belongs to ${quote(owner)}, too`);
  }
  return fail(
    EXIT.noAccess,
    `the gist belongs to ${quote(owner)} and the token to ${quote(login)}: use a token of ` +
      `${quote(owner)}, or check the gist's id`,
  );
}

function quote(name: string): string {
  return `"${escapeText(name, 40)}"`;
}
