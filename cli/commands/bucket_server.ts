import { LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { command } from "../command.ts";
import { cannotListen } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { Stop } from "../run/signals.ts";

const LOCK = "s3://locks/leader-election.json";

/** `elector bucket-server`: serves buckets on this machine until it is stopped. */
export const BUCKET_SERVER = command({
  name: "bucket-server",
  summary: "Serve buckets on this machine, to try things out",
  about:
    "Serves buckets on this machine, in memory, as Amazon S3, Google Cloud Storage and Azure Blob " +
    "Storage do. Creates the object of one lock, and prints the variables with which the other commands use it.",
  options: ["port", "json"],
  examples: ["elector bucket-server --port 9000"],

  async run({ port, json }) {
    const stop = new Stop();
    await using served = serve(port);
    served.server.edit(LOCK, "{}");
    const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS.s3;
    const variables = {
      ELECTOR_LOCK: LOCK,
      AWS_ENDPOINT_URL_S3: served.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
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

function serve(port: number): ReturnType<typeof serveBuckets> {
  try {
    return serveBuckets({ port });
  } catch (cause) {
    throw cannotListen(`serve buckets on port ${port}`, cause);
  }
}
