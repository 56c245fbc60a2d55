import { readHistory } from "../../gist/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { requireGist, requireToken } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { type PastElection, pastElection } from "../output/past_terms.ts";
import { describeTerms, drawHistory } from "../output/timeline.ts";
import { configError } from "../options/timings.ts";
import { readOptions } from "../options/read.ts";
import { type Styles, stylesOfStdout, terminalWidth } from "../output/terminal.ts";

const OPTIONS = ["gist", "file", "token-file", "api-url", "limit", "json"] as const;

const HELP: Help = {
  usage: "history [OPTIONS]",
  about:
    "Draws who led when, from the gist's revisions, and checks that the rules were kept: tokens rise, " +
    "and nobody takes over before a lease has passed. Exits with 1 if one was broken. By the git " +
    "protocol a gist has one revision: this then shows the present only.",
  options: OPTIONS,
  examples: ["elector history --gist $GIST_ID --limit 50"],
};

/** `elector history`: who led when. */
export async function runHistory(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const { file, "api-url": baseUrl, limit } = values;
  const id = requireGist(values.gist);
  const token = requireToken(values["token-file"]);
  const entries = await readHistory({
    id,
    token,
    limit,
    ...(file !== undefined && { file }),
    ...(baseUrl !== undefined && { baseUrl }),
  }).catch((error) => {
    throw configError(error);
  });
  const election = pastElection(entries);
  const lines = values.json
    ? [JSON.stringify({ revisions: entries.length, ...election })]
    : describeHistory(election, entries.length, terminalWidth(), stylesOfStdout());
  for (const line of lines) console.log(line);
  return election.faults.length === 0 ? EXIT.ok : EXIT.failed;
}

/** A history for people. */
export function describeHistory(
  { terms, voids, faults, remarks }: PastElection,
  revisions: number,
  width: number,
  styles: Styles,
): string[] {
  const checked = faults.length === 0
    ? styles.green("The rules were kept: fencing tokens rise, and leases were waited out")
    : styles.red("The rules were broken");
  return [
    ...(terms.length > 0
      ? [...drawHistory(terms, { width, styles }), "", ...describeTerms(terms), ""]
      : ["No term is to be seen"]),
    styles.dim(
      `${revisions} revisions, ${voids} of them void` +
        (revisions === 1 ? "; the git protocol keeps no more than one" : ""),
    ),
    ...remarks,
    // One term says nothing about the next.
    ...(terms.length > 1 || faults.length > 0 ? [checked] : []),
    ...faults,
  ];
}
