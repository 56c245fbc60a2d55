import { escapeText, type Fetch } from "../../lock/mod.ts";
import { GistLock, gistStore, type Protocol } from "../../gist/mod.ts";
import type { Store } from "../../store/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { configured } from "./timings.ts";
import type { GIST_OPTIONS, Values } from "./options.ts";
import { findToken, TOKEN_FILE } from "./token.ts";

/** The protocol where none is chosen. */
export const DEFAULT_PROTOCOL: Protocol = "git";

/** What a {@linkcode openLock} needs beside the options. */
export interface OpenLockOptions {
  /** Who asks; what only reads writes this nowhere. */
  readonly identity?: string;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeout?: number;
  /** The network. */
  readonly fetch?: Fetch;
}

/**
 * The lock that the options name.
 *
 * @throws {CommandError} If the gist or the token is missing, or an option has a wrong value.
 */
export function openLock(
  values: Values<typeof GIST_OPTIONS[number]>,
  { identity = "elector", ...options }: OpenLockOptions = {},
): GistLock {
  const id = requireGist(values.gist);
  const token = requireToken(values["token-file"]);
  const protocol = values.protocol ?? DEFAULT_PROTOCOL;
  const { file, "api-url": baseUrl, "git-url": gitBaseUrl } = values;
  return configured(() =>
    new GistLock({ id, token, protocol, identity, file, baseUrl, gitBaseUrl, ...options })
  );
}

/**
 * The gist as a store of text, beneath any lock: for what is done to a record that no candidate may touch.
 *
 * @throws {CommandError} If the gist or the token is missing, or an option has a wrong value.
 */
export function openStore(
  values: Values<typeof GIST_OPTIONS[number]>,
  protocol: Protocol,
  options: Pick<OpenLockOptions, "requestTimeout" | "fetch"> = {},
): Store {
  const id = requireGist(values.gist);
  const token = requireToken(values["token-file"]);
  const { file, "api-url": baseUrl, "git-url": gitBaseUrl } = values;
  return configured(() =>
    gistStore({ id, token, protocol, file, baseUrl, gitBaseUrl, ...options })
  );
}

/** The gist's id, or what to do to have one. */
export function requireGist(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new CommandError(
    EXIT.config,
    "Cannot tell which gist to use as its id must be given: set GIST_ID, or --gist ID (`elector init` makes one)",
  );
}

/** The token, or what to do to have one. A file that is named goes before the environment. */
export function requireToken(file: string | undefined): string {
  const token = file === undefined ? findAnyToken() : readTokenFile(file);
  if (token) return token;
  throw new CommandError(
    EXIT.noAccess,
    "Cannot reach the gist as a GitHub token must be given: set GITHUB_TOKEN, or --token-file PATH",
  );
}

function findAnyToken(): string | undefined {
  try {
    return findToken()?.token;
  } catch (error) {
    throw unreadable(`~/${TOKEN_FILE}`, error);
  }
}

function readTokenFile(path: string): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw unreadable(`"${escapeText(path, 80)}"`, error);
  }
  // Editors end a file with a line break, which is no part of the token.
  return text.trim();
}

function unreadable(shown: string, error: unknown): CommandError {
  const reason = error instanceof Deno.errors.NotFound ? "there is none" : "it cannot be read";
  return new CommandError(
    EXIT.noAccess,
    `Cannot use the token file ${shown}: ${reason}; make it readable, or set GITHUB_TOKEN`,
    { cause: error },
  );
}
