import { iso } from "../candidate/status.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { readRevisions } from "../options/lock.ts";
import {
  describeTerms,
  drawHistory,
  type PastElection,
  pastElection,
} from "../output/past_terms.ts";
import { counted, type Styles, stylesOfStdout, terminalWidth } from "../output/terminal.ts";

export const HISTORY = command({
  name: "history",
  summary: "Show past terms on a timeline and verify them",
  about:
    "Shows past terms on a timeline, from the gist's revisions, and verifies the rules: fencing tokens " +
    "rise, and no lease is taken over before it expires. Exits with 1 if a rule was broken. With the " +
    "git protocol, a gist has one revision, so only the last term is shown; a bucket has no history.",
  options: ["lock", "gist", "file", "token-file", "api-url", "limit", "json"],
  examples: ["elector history --gist $GIST_ID --limit 50"],

  async run(values) {
    if (values.lock !== undefined) {
      throw new CommandError(
        EXIT.failed,
        "A bucket keeps no history: collect the lines of `elector watch --json`, or the metrics of candidates",
      );
    }
    const entries = await readRevisions(values, values.limit);
    const election = pastElection(entries);
    const lines = values.json
      ? [JSON.stringify(historyJson(election, entries.length))]
      : describeHistory(election, entries.length, terminalWidth(), stylesOfStdout());
    for (const line of lines) console.log(line);
    return election.faults.length === 0 ? EXIT.ok : EXIT.failed;
  },
});

export function historyJson(election: PastElection, revisions: number): Record<string, unknown> {
  const terms = election.terms.map((term) => ({
    ...term,
    since: iso(term.since),
    until: iso(term.until),
  }));
  return { revisions, ...election, terms };
}

export function describeHistory(
  { terms, voids, faults, remarks }: PastElection,
  revisions: number,
  width: number,
  styles: Styles,
): string[] {
  const verdict = faults.length === 0
    ? styles.green("The rules were kept: fencing tokens rise, and no lease was cut short")
    : styles.red("The rules were broken");
  return [
    ...(terms.length > 0
      ? [...drawHistory(terms, { width, styles }), "", ...describeTerms(terms), ""]
      : ["No terms found"]),
    styles.dim(
      `${counted(revisions, "revision")}, ${voids} void` +
        (revisions === 1 ? "; the git protocol keeps no more than one" : ""),
    ),
    ...remarks,
    // A single term cannot break a rule.
    ...(terms.length > 1 || faults.length > 0 ? [verdict] : []),
    ...faults,
  ];
}
