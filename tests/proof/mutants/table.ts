import { BUCKET } from "./table/bucket.ts";
import { CLI_CAMPAIGNER } from "./table/cli_campaigner.ts";
import { CLI_COMMANDS } from "./table/cli_commands.ts";
import { CLI_KEEPER } from "./table/cli_keeper.ts";
import { CLI_OUTPUT } from "./table/cli_output.ts";
import { CLI_CHECK } from "./table/cli_check.ts";
import { CLI_SAYS } from "./table/cli_says.ts";
import { CLI_NOTIFY, CLI_PAGE } from "./table/cli_page.ts";
import { CLI_PREFERENCE } from "./table/cli_preference.ts";
import { CLI_PROCESSES } from "./table/cli_processes.ts";
import { ELECTOR_CAMPAIGN } from "./table/elector_campaign.ts";
import { ELECTOR_LEASE } from "./table/elector_lease.ts";
import { ELECTOR_MACHINE } from "./table/elector_machine.ts";
import { ELECTOR_PREFERENCE } from "./table/elector_preference.ts";
import { ELECTOR_TERM } from "./table/elector_term.ts";
import { FULL_STACK } from "./table/full_stack.ts";
import { GIST_ACCESS_TOKEN } from "./table/gist_access_token.ts";
import { GIST_GIST_LOCK } from "./table/gist_gist_lock.ts";
import { GIST_GIT_GIT_REMOTE } from "./table/gist_git_git_remote.ts";
import { GIST_GIT_GIT_STORE } from "./table/gist_git_git_store.ts";
import { GIST_HTTP } from "./table/gist_http.ts";
import { GIST_IN_EFFECT } from "./table/gist_in_effect.ts";
import { GIST_REST_READS } from "./table/gist_rest_reads.ts";
import { GIST_REST_STORE } from "./table/gist_rest_store.ts";
import { GIST_REVISION_LOG } from "./table/gist_revision_log.ts";
import { GIST_SERVER } from "./table/gist_server.ts";
import { LOCK_FAKE_CLOCK } from "./table/lock_fake_clock.ts";
import { LOCK_FENCE } from "./table/lock_fence.ts";
import { LOCK_NETWORK } from "./table/lock_network.ts";
import { LOCK_RECORD } from "./table/lock_record.ts";
import { MUTATED } from "./table/mutated.ts";
import { STORE } from "./table/store.ts";
import type { Mutant } from "./mutant.ts";

export { DESIGNS } from "./table/designs.ts";

/** A bug for each line that safety or liveness rests on, file by file. */
export const MUTANTS: readonly Mutant[] = [
  ...ELECTOR_MACHINE,
  ...ELECTOR_LEASE,
  ...ELECTOR_PREFERENCE,
  ...FULL_STACK,
  ...ELECTOR_TERM,
  ...ELECTOR_CAMPAIGN,
  ...GIST_IN_EFFECT,
  ...GIST_REST_STORE,
  ...GIST_REST_READS,
  ...GIST_REVISION_LOG,
  ...GIST_GIST_LOCK,
  ...GIST_GIT_GIT_STORE,
  ...GIST_GIT_GIT_REMOTE,
  ...GIST_HTTP,
  ...GIST_ACCESS_TOKEN,
  ...GIST_SERVER,
  ...LOCK_RECORD,
  ...STORE,
  ...LOCK_NETWORK,
  ...LOCK_FENCE,
  ...BUCKET,
  ...CLI_KEEPER,
  ...CLI_CAMPAIGNER,
  ...CLI_PREFERENCE,
  ...CLI_PROCESSES,
  ...CLI_OUTPUT,
  ...CLI_CHECK,
  ...CLI_PAGE,
  ...CLI_NOTIFY,
  ...CLI_SAYS,
  ...CLI_COMMANDS,
  ...LOCK_FAKE_CLOCK,
  ...MUTATED,
];
