import { createGist } from "../../gist/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import { command } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { readVariable } from "../options/read.ts";
import { configError } from "../options/timings.ts";
import { requireToken } from "../options/token.ts";
import { printError } from "../output/output.ts";

/** `elector init`: creates a gist for a lock. */
export const INIT = command({
  name: "init",
  summary: "Create a secret gist for a lock",
  about:
    "Creates a secret gist with a lock that was never held, and prints the variable to set. Anyone who " +
    "knows the gist's id can read it; only access tokens of its owner can write it.",
  options: ["file", "token-file", "api-url", "json"],
  examples: ['eval "$(elector init)"'],

  async run(values) {
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
