import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { command } from "../command.ts";
import { cannotListen } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { Stop } from "../run/signals.ts";

/** `elector gist-server`: serves gists on this machine until it is stopped. */
export const GIST_SERVER = command({
  name: "gist-server",
  summary: "Serve gists on this machine, to try things out",
  about:
    "Serves gists on this machine, in memory, as GitHub does: its REST API and git. Creates one gist, " +
    "and prints the variables with which the other commands use it.",
  options: ["port", "json"],
  examples: ["elector gist-server --port 8080"],

  async run({ port, json }) {
    const stop = new Stop();
    await using served = serve(port);
    const variables = {
      GIST_ID: served.server.createGist({ "leader-election.json": "{}" }),
      GITHUB_TOKEN: LOCAL_TOKEN,
      ELECTOR_API_URL: served.url,
      ELECTOR_GIT_URL: served.url,
    };
    console.log(
      json
        ? JSON.stringify(variables)
        : Object.entries(variables).map(([name, value]) => `export ${name}=${value}`).join("\n"),
    );
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
    return stop.exitCode ?? EXIT.ok;
  },
});

function serve(port: number): ReturnType<typeof serveGists> {
  try {
    return serveGists({ port });
  } catch (cause) {
    throw cannotListen(`serve gists on port ${port}`, cause);
  }
}
