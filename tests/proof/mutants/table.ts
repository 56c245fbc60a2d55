import { BUCKET } from "./table/bucket.ts";
import { CLI } from "./table/cli.ts";
import { CLI_ACTIONS } from "./table/cli_actions.ts";
import { CLI_CANDIDATE } from "./table/cli_candidate.ts";
import { CLI_CHECK } from "./table/cli_check.ts";
import { CLI_COMMANDS } from "./table/cli_commands.ts";
import { CLI_OPTIONS } from "./table/cli_options.ts";
import { CLI_OUTPUT } from "./table/cli_output.ts";
import { CLI_RUN } from "./table/cli_run.ts";
import { ELECTOR } from "./table/elector.ts";
import { ELECTOR_CAMPAIGN } from "./table/elector_campaign.ts";
import { ELECTOR_MACHINE } from "./table/elector_machine.ts";
import { FULL_STACK } from "./table/full_stack.ts";
import { GIST } from "./table/gist.ts";
import { GIST_GIT } from "./table/gist_git.ts";
import { GIST_REST } from "./table/gist_rest.ts";
import { GIST_SERVER } from "./table/gist_server.ts";
import { LOCK } from "./table/lock.ts";
import { STORE } from "./table/store.ts";
import { STORE_HTTP } from "./table/store_http.ts";
import type { Mutant } from "./mutant.ts";

export { DESIGNS } from "./table/designs.ts";

/** A bug for each line that safety or liveness rests on: a file for each room of the sources. */
export const MUTANTS: readonly Mutant[] = [
  ...BUCKET,
  ...CLI,
  ...CLI_ACTIONS,
  ...CLI_CANDIDATE,
  ...CLI_CHECK,
  ...CLI_COMMANDS,
  ...CLI_OPTIONS,
  ...CLI_OUTPUT,
  ...CLI_RUN,
  ...ELECTOR,
  ...ELECTOR_CAMPAIGN,
  ...ELECTOR_MACHINE,
  ...FULL_STACK,
  ...GIST,
  ...GIST_GIT,
  ...GIST_REST,
  ...GIST_SERVER,
  ...LOCK,
  ...STORE,
  ...STORE_HTTP,
];
