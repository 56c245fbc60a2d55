/** Real candidates whose connections all freeze at once: they go on, and one still follows the other. */

import assert from "node:assert/strict";
import { SHORT, until, World } from "../support/elector_process.ts";
import { hasOpenssl } from "../support/certificates.ts";
import { TlsGists } from "../support/tls_gists.ts";

const WORK = ["--", "sleep", "20"];

/** How the candidates reach the gist: at an address of this machine, or at another by a proxy. */
const WAYS: readonly [way: string, env: (gists: TlsGists) => Record<string, string>][] = [
  ["directly", ({ url }) => ({ ELECTOR_API_URL: url, NO_PROXY: "127.0.0.1" })],
  ["by a proxy", ({ proxy }) => ({
    ELECTOR_API_URL: "https://gists.test",
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
  })],
];

for (const [command, args] of [["serve", ["--http=0"]], ["run", WORK]] as const) {
  for (const [way, env] of WAYS) {
    for (const protocol of ["git", "rest"]) {
      Deno.test({
        name: `elector ${command} by ${protocol}, ${way}, gets over connections that froze`,
        ignore: !hasOpenssl,
        fn: async () => {
          await using world = new World(SHORT);
          await using gists = await TlsGists.start(world.served.server);
          const start = (identity: string) =>
            world.elector([command, `--identity=${identity}`, `--protocol=${protocol}`, ...args], {
              DENO_CERT: gists.certificates.caFile,
              ...env(gists),
            });
          const leader = start("one");
          await until(() => world.holder === "one", () => "the first leader");
          const follower = start("two");
          await follower.said(/one leads/);
          assert.equal(gists.proxy.tunnels.includes("gists.test:443"), way === "by a proxy");

          gists.proxy.freeze();
          const frozenAt = performance.now();
          await until(() => world.lastWriteAt > frozenAt, () => "a write after the freeze");
          const isFirst = world.holder === "one";
          const [stopped, successor] = isFirst ? [leader, follower] : [follower, leader];
          stopped.signal("SIGTERM");
          await stopped.code;
          await until(() => world.holder === (isFirst ? "two" : "one"), () => "the successor");
          successor.signal("SIGTERM");
          await successor.code;
        },
      });
    }
  }
}
