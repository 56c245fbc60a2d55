import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { readOptions } from "../options/read.ts";
import { untilStopped } from "../run/signals.ts";

const OPTIONS = ["port", "json"] as const;

const HELP: Help = {
  usage: "gist-server [OPTIONS]",
  about:
    "Serves gists on this machine, in memory, as GitHub does: its REST API and git. It makes one " +
    "gist, and prints what to set so that the other commands use it.",
  options: OPTIONS,
  examples: ["elector gist-server --port 8080"],
};

/** `elector gist-server`: serves gists on this machine until it is stopped. */
export async function runGistServer(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const { port, json } = readOptions(OPTIONS, args);
  await using served = serve(port);
  const id = served.server.createGist({ "leader-election.json": "{}" });
  const variables = {
    GIST_ID: id,
    GITHUB_TOKEN: LOCAL_TOKEN,
    ELECTOR_API_URL: served.url,
    ELECTOR_GIT_URL: served.url,
  };
  if (json) console.log(JSON.stringify(variables));
  else {for (const [name, value] of Object.entries(variables)) {
      console.log(`export ${name}=${value}`);
    }}
  return exitCodeOfSignal(await untilStopped());
}

function serve(port: number): ReturnType<typeof serveGists> {
  try {
    return serveGists({ port });
  } catch (cause) {
    throw new CommandError(
      EXIT.unavailable,
      `Cannot serve gists on port ${port} as it must be free: something else listens there`,
      { cause },
    );
  }
}
