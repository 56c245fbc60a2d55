import type { AccessToken } from "../../gist/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";

/** The variables that may hold an access token; the first one that is set wins. */
export const TOKEN_VARIABLES = ["GITHUB_TOKEN", "GITHUB_API_TOKEN"] as const;

/** The file in the home directory that may hold an access token. */
export const TOKEN_FILE = "github_api_token.txt";

interface TokenSources {
  /** Reads a variable of the environment; `undefined` if it is not set. */
  readonly env: (name: string) => string | undefined;
  /** Reads a file; throws `Deno.errors.NotFound` if there is none, and any other error if it cannot be read. */
  readonly readFile: (path: string) => string;
  /** The same without blocking: a file on a network can hang, and a renewal must not wait for it. */
  readonly readAgain: (path: string) => Promise<string>;
}

const SYSTEM_SOURCES: TokenSources = {
  env: (name) => Deno.env.get(name),
  readFile: (path) => Deno.readTextFileSync(path),
  readAgain: (path) => Deno.readTextFile(path),
};

/**
 * Finds an access token: in `GITHUB_TOKEN`, in `GITHUB_API_TOKEN`, then in the file `~/github_api_token.txt`. It is never
 * taken from the command line, which every process on the machine can read.
 *
 * The token itself is checked where it is used.
 */
export function findToken(
  { env, readFile }: Omit<TokenSources, "readAgain"> = SYSTEM_SOURCES,
): string | undefined {
  const token = TOKEN_VARIABLES.map(env).find((text) => text);
  const path = homeFile(env);
  if (token || path === undefined) return token;
  try {
    // Editors end a file with a line break, which is not part of the token.
    return readFile(path).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function homeFile(env: TokenSources["env"]): string | undefined {
  const home = env("HOME") || env("USERPROFILE");
  return home ? `${home}/${TOKEN_FILE}` : undefined;
}

/** Returns the access token. A file that is named comes before the environment. */
export function requireToken(
  file: string | undefined,
  sources: TokenSources = SYSTEM_SOURCES,
): string {
  const shown = showFile(file);
  let token: string | undefined;
  try {
    token = file === undefined ? findToken(sources) : sources.readFile(file).trim();
  } catch (cause) {
    const failure = `Cannot use the token file ${shown}: ${reasonOf(cause)}`;
    const message = `${failure}; make it readable, or set GITHUB_TOKEN`;
    throw new CommandError(EXIT.noAccess, message, { cause });
  }
  if (token) return token;
  const message = "No access token: set GITHUB_TOKEN, or use --token-file PATH";
  throw new CommandError(EXIT.noAccess, message);
}

/** Returns the access token for a long-running command: if it is in a file, a function that reads the file again. */
export function openToken(
  file: string | undefined,
  check: (token: string) => void,
  sources: TokenSources = SYSTEM_SOURCES,
): AccessToken {
  const token = requireToken(file, sources);
  check(token);
  const isVariable = TOKEN_VARIABLES.some((name) => sources.env(name) === token);
  const path = file ?? (isVariable ? undefined : homeFile(sources.env));
  return path === undefined ? token : () => readAgain(path, showFile(file), sources);
}

async function readAgain(path: string, shown: string, sources: TokenSources): Promise<string> {
  const text = await sources.readAgain(path).catch((cause) => {
    throw new Error(`the token file ${shown} cannot be used: ${reasonOf(cause)}`);
  });
  const token = text.trim();
  if (token === "") throw new Error(`the token file ${shown} is empty`);
  return token;
}

function showFile(file: string | undefined): string {
  return file === undefined ? `~/${TOKEN_FILE}` : `"${escapeText(file, 80)}"`;
}

function reasonOf(error: unknown): string {
  return error instanceof Deno.errors.NotFound ? "it does not exist" : "it cannot be read";
}
