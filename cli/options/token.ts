/** The variables that may hold a token, the first that is set wins. */
export const TOKEN_VARIABLES = ["GITHUB_TOKEN", "GITHUB_API_TOKEN"] as const;

/** The file that may hold a token, in the home directory. */
export const TOKEN_FILE = "github_api_token.txt";

/** Where to look for a token. */
export interface TokenSources {
  /** A variable of the environment; `undefined` where it is not set. */
  readonly env: (name: string) => string | undefined;
  /** The text of a file; throws `Deno.errors.NotFound` where there is none, anything else where it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** A token, and where it was found. */
export interface FoundToken {
  /** The token. */
  readonly token: string;
  /** Where it was found, for people; no secret. */
  readonly source: string;
}

const SYSTEM_SOURCES: TokenSources = {
  env: (name) => Deno.env.get(name),
  readFile: (path) => Deno.readTextFileSync(path),
};

/**
 * Looks for a GitHub token: in `GITHUB_TOKEN`, in `GITHUB_API_TOKEN`, then in the file `~/github_api_token.txt`. It is
 * never taken from the command line, which every process of the machine can read.
 *
 * Whether it is fit to be a token is checked by whoever uses it.
 *
 * @returns `undefined` where there is none.
 */
export function findToken(sources: TokenSources = SYSTEM_SOURCES): FoundToken | undefined {
  for (const name of TOKEN_VARIABLES) {
    const token = sources.env(name);
    if (token) return { token, source: name };
  }
  const home = sources.env("HOME") || sources.env("USERPROFILE");
  if (!home) return undefined;
  try {
    // Editors end a file with a line break, which is no part of the token.
    const token = sources.readFile(`${home}/${TOKEN_FILE}`).trim();
    return token === "" ? undefined : { token, source: `~/${TOKEN_FILE}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
