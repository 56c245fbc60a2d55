import { LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { type Command, command } from "../command.ts";
import { listening } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { Stop } from "../run/signals.ts";

export const GIST_SERVER = localServer({
  name: "gist-server",
  what: "gists",
  about:
    "Serves gists on this machine, in memory, as GitHub does: its REST API and git. Creates one gist, " +
    "and prints the variables with which the other commands use it.",
  example: "elector gist-server --port 8080",
  serve: serveGists,
  variables: ({ server, url }) => ({
    GIST_ID: server.createGist({ "leader-election.json": "{}" }),
    GITHUB_TOKEN: LOCAL_TOKEN,
    ELECTOR_API_URL: url,
    ELECTOR_GIT_URL: url,
  }),
});

const LOCK = "s3://locks/leader-election.json";

export const BUCKET_SERVER = localServer({
  name: "bucket-server",
  what: "buckets",
  about:
    "Serves buckets on this machine, in memory, as Amazon S3, Google Cloud Storage and Azure Blob " +
    "Storage do. Creates the object of one lock, and prints the variables with which the other commands use it.",
  example: "elector bucket-server --port 9000",
  serve: serveBuckets,
  variables({ server, url }) {
    server.edit(LOCK, "{}");
    const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS.s3;
    return {
      ELECTOR_LOCK: LOCK,
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  },
});

/** A command that serves a store, and prints the variables with which the other commands use it. */
function localServer<S extends AsyncDisposable>({ name, what, about, example, serve, variables }: {
  readonly name: string;
  readonly what: string;
  readonly about: string;
  readonly example: string;
  readonly serve: (options: { readonly port: number }) => S;
  readonly variables: (served: S) => Readonly<Record<string, string>>;
}): Command {
  return command({
    name,
    summary: `Serve ${what} on this machine, to try things out`,
    about,
    options: ["port", "json"],
    examples: [example],

    async run({ port, json }) {
      const stop = new Stop();
      await using served = listening(`serve ${what} on port ${port}`, () => serve({ port }));
      const found = variables(served);
      const lines = Object.entries(found).map(([name, value]) => `export ${name}=${value}`);
      console.log(json ? JSON.stringify(found) : lines.join("\n"));
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
      return stop.exitCode ?? EXIT.ok;
    },
  });
}
