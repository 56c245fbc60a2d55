/** A candidate of the library that does nothing else: `cost_candidate.ts MOD_URL GIST_ID TOKEN BASE_URL PROTOCOL`. */

import type { Protocol } from "../../../gist/mod.ts";

const [mod = "", id = "", token = "", baseUrl = "", protocol] = Deno.args;
const { GistLock, LeaderElector }: typeof import("../../../mod.ts") = await import(mod);
await new LeaderElector({
  lock: new GistLock({
    id,
    token,
    identity: `${Deno.pid}`,
    baseUrl,
    protocol: protocol as Protocol,
  }),
  onStartedLeading: () => {},
  onNewLeader: (holder) => console.log(holder),
}).run();
