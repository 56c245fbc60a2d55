import { systemClock, systemFetch } from "../../lock/system.ts";
import { checkBaseUrl, checkRequestTimeout, Transport } from "../../store/kit.ts";
import { TOKEN_ADVICE } from "../access.ts";
import { TokenSource } from "../access_token.ts";
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

/** Opens a gist as a git repository; `baseUrl` is the address of the gists' repositories. Sends nothing. */
export function openRepository(options: GistOptions) {
  const { token, clock = systemClock, fetch = systemFetch } = options;
  const id = checkGistId(options.id);
  if (token === undefined) throw new TypeError(`No token: ${TOKEN_ADVICE}`);
  const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_GIT_BASE_URL);
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  // Names the file in errors, without secrets.
  const name = describeGist(id, file);
  const requestTimeout = checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT);
  const tokens = new TokenSource("Basic", { token, clock, requestTimeout });
  // Everyone who has the id of a secret gist can read it.
  const secrets = () => [...tokens.secrets(), id];
  const transport = new Transport({ fetch, clock, requestTimeout, authorization: tokens, secrets });
  const remote = new GitRemote(`${baseUrl}/${id}.git`, name, transport);
  return { reader: new RevisionReader(remote, name, file), clock, requestTimeout };
}
