import { createGist } from "../../gist/mod.ts";
import { type BucketOptions, initBucket } from "../../bucket/mod.ts";
import { escapeText, parseRecord } from "../../lock/mod.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { bucketOptions } from "../options/lock.ts";
import { BUCKET_OPTIONS, type Values } from "../options/options.ts";
import { formatDuration } from "../output/terminal.ts";
import { readVariable, sourceOf } from "../options/read.ts";
import { configError } from "../options/timings.ts";
import { requireToken } from "../options/token.ts";
import { printError } from "../output/output.ts";

const NAMES = ["lock", ...BUCKET_OPTIONS, "lease-duration", "token", "json"] as const;
type InitValues = Values<typeof NAMES[number]>;

export const INIT = command({
  name: "init",
  summary: "Create a lock: a secret gist, or an object in a bucket",
  about:
    "Creates a secret gist with a lock that was never held, and prints the variable to set. Anyone who " +
    "knows the gist's id can read it; only access tokens of its owner can write it. With --lock, it creates " +
    "an object in a bucket, after it has tested the bucket; an existing object is left as it is.",
  options: [...NAMES, "file", "token-file", "api-url"],
  examples: ['eval "$(elector init)"', "elector init --lock s3://BUCKET/leader-election.json"],

  async run(values) {
    const bucket = bucketOptions(values);
    if (bucket) return await createObject(values, bucket);
    if ("gist" in values) {
      const text = `${sourceOf(values, "lock")} must be an object's address, got a gist's`;
      throw new CommandError(EXIT.config, `${text}: leave it out to create a gist`);
    }
    const token = requireToken(values["token-file"]);
    const { file, "api-url": baseUrl } = values;
    const gist = await createGist({ token, file, baseUrl }).catch((error) => {
      throw configError(values, error);
    });
    const other = readVariable("GIST_ID")?.slice(0, 4);
    if (other !== undefined) {
      printError(
        `elector: warning: GIST_ID is set to ${escapeText(other)}… here: a candidate that keeps ` +
          "it takes part in another election",
      );
    }
    if (values.json) {
      console.log(JSON.stringify({ gist }));
      return EXIT.ok;
    }
    console.log(`export GIST_ID=${gist}`);
    printError("Created a secret gist. Set the line above wherever a candidate runs, then:");
    printError(`  elector run --gist ${gist} -- COMMAND`);
    return EXIT.ok;
  },
});

/** Creates the object of a lock, held for one lease: a leader of an object that was deleted may still be valid. */
async function createObject(values: InitValues, options: BucketOptions): Promise<number> {
  const { isCreated, content } = await initBucket({
    ...options,
    leaseDuration: values["lease-duration"],
    tokenFloor: values.token,
  }).catch((error) => {
    throw configError(values, error);
  });
  if (values.json) {
    console.log(JSON.stringify({ lock: options.url, isCreated }));
    return EXIT.ok;
  }
  console.log(`export ELECTOR_LOCK=${quoteForShell(options.url)}`);
  const lease = formatDuration(values["lease-duration"]);
  printError(
    isCreated
      ? `Created the object. No candidate leads before ${lease} have passed: a leader under a deleted object may ` +
        "still be valid."
      : "The object already exists; it was left as it is.",
  );
  const floor = values.token;
  if (!isCreated && floor !== undefined && (tokenIn(content) ?? 0) < floor) {
    printError(
      `elector: warning: its fencing token is lower than ${floor}: see elector release --token`,
    );
  }
  printError("Set the line above wherever a candidate runs, then:");
  printError("  elector run -- COMMAND");
  return EXIT.ok;
}

function tokenIn(content: string): number | undefined {
  try {
    return parseRecord(content).leaderTransitions;
  } catch {
    return undefined;
  }
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
