import { createGist } from "../../gist/mod.ts";
import { initBucket } from "../../bucket/mod.ts";
import { escapeText, parseRecord } from "../../lock/mod.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { usageError } from "../errors.ts";
import { bucketOptions } from "../options/lock.ts";
import type { Values } from "../options/options.ts";
import { formatDuration } from "../output/terminal.ts";
import { readVariable } from "../options/read.ts";
import { configError } from "../options/timings.ts";
import { requireToken } from "../options/token.ts";
import { printError } from "../output/output.ts";

/** `elector init`: creates a gist for a lock. */
export const INIT = command({
  name: "init",
  summary: "Create a lock: a secret gist, or an object in a bucket",
  about:
    "Creates a secret gist with a lock that was never held, and prints the variable to set. Anyone who " +
    "knows the gist's id can read it; only access tokens of its owner can write it. With --lock it creates " +
    "an object in a bucket, after it has tested the bucket; one that exists is left as it is.",
  options: [
    "lock",
    "endpoint",
    "region",
    "path-style",
    "lease-duration",
    "token",
    "file",
    "token-file",
    "api-url",
    "json",
  ],
  examples: ['eval "$(elector init)"', "elector init --lock s3://BUCKET/leader-election.json"],

  async run(values) {
    if (values.lock !== undefined) return await createObject(values, values.lock);
    const token = requireToken(values["token-file"]);
    const { file, "api-url": baseUrl } = values;
    const gist = await createGist({
      token,
      ...(file !== undefined && { file }),
      ...(baseUrl !== undefined && { baseUrl }),
    }).catch((error) => {
      throw configError(values, error);
    });
    const other = readVariable("GIST_ID");
    if (other !== undefined) {
      printError(
        `elector: warning: GIST_ID is set to ${
          escapeText(other.slice(0, 4))
        }… here: a candidate that keeps it ` +
          "takes part in another election",
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

type BucketInit = Values<
  "lock" | "endpoint" | "region" | "path-style" | "lease-duration" | "token" | "json"
>;

/** Creates the object of a lock, held for one lease: a leader of an object that was deleted may still be valid. */
async function createObject(values: BucketInit, lock: string): Promise<number> {
  const options = bucketOptions(values);
  if (!options) throw usageError("No address of an object: leave --lock out to create a gist");
  const { isCreated, content } = await initBucket({
    ...options,
    leaseDuration: values["lease-duration"],
    ...(values.token !== undefined && { tokenFloor: values.token }),
  }).catch((error) => {
    throw configError(values, error);
  });
  if (values.json) {
    console.log(JSON.stringify({ lock, isCreated }));
    return EXIT.ok;
  }
  console.log(`export ELECTOR_LOCK=${quoteForShell(lock)}`);
  printError(
    isCreated
      ? `Created the object. The first leader comes after ${
        formatDuration(values["lease-duration"])
      }: one of an object that was deleted may still be valid.`
      : "There is an object already, and it was not touched.",
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
