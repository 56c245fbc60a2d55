import { createGist } from "../../gist/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { requireToken } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { configError } from "../options/timings.ts";
import { printError } from "../output/output.ts";
import { readOptions } from "../options/read.ts";

const OPTIONS = ["file", "token-file", "api-url", "json"] as const;

const HELP: Help = {
  usage: "init [OPTIONS]",
  about:
    "Makes a secret gist with a lock that nobody holds, and prints what to set. Whoever knows the " +
    "gist's id can read it; only its owner's tokens can write it.",
  options: OPTIONS,
  examples: ['eval "$(elector init)"'],
};

/** `elector init`: makes a gist for a lock. */
export async function runInit(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const token = requireToken(values["token-file"]);
  const { file, "api-url": baseUrl } = values;
  const id = await createGist({
    token,
    ...(file !== undefined && { file }),
    ...(baseUrl !== undefined && { baseUrl }),
  }).catch((error) => {
    throw configError(error);
  });
  if (values.json) {
    console.log(JSON.stringify({ gist: id }));
    return EXIT.ok;
  }
  console.log(`export GIST_ID=${id}`);
  printError("Made a secret gist. Set the line above wherever a candidate runs, then:");
  printError(`  elector run --gist ${id} -- COMMAND`);
  return EXIT.ok;
}
