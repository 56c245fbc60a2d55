import type { Clock } from "../../lock/mod.ts";
import { systemClock, systemFetch } from "../../lock/system.ts";
import { checkBaseUrl, checkRequestTimeout, Transport } from "../../store/kit.ts";
import { TOKEN_ADVICE } from "../access.ts";
import { basicTokens } from "../access_token.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_FILE,
  DEFAULT_GIT_BASE_URL,
  DEFAULT_REQUEST_TIMEOUT,
  describeGist,
  type GistOptions,
} from "../options.ts";
import { GitRemote } from "./remote.ts";
import { RevisionReader } from "./revisions.ts";

/** A file of a gist as a git repository, with checked options. */
export interface Repository {
  readonly file: string;
  /** The file's name in errors, without secrets. */
  readonly name: string;
  readonly remote: GitRemote;
  readonly reader: RevisionReader;
  readonly clock: Clock;
  readonly requestTimeout: number;
}

/** Opens a gist as a git repository; `baseUrl` is the address of the gists' repositories. Sends nothing. */
export function openRepository(options: GistOptions): Repository {
  const { token, clock = systemClock, fetch = systemFetch } = options;
  const id = checkGistId(options.id);
  if (token === undefined) throw new TypeError(`No token: ${TOKEN_ADVICE}`);
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_GIT_BASE_URL);
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  const name = describeGist(id, file);
  const requestTimeout = checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT);
  const tokens = basicTokens(token, clock, requestTimeout);
  // Everyone who has the id of a secret gist can read it.
  const secrets = () => [...tokens.secrets(), id];
  const transport = new Transport({ fetch, clock, requestTimeout, authorization: tokens, secrets });
  const remote = new GitRemote(`${baseUrl}/${id}.git`, name, transport);
  const reader = new RevisionReader(remote, name, file);
  return { file, name, remote, reader, clock, requestTimeout };
}
