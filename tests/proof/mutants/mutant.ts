/** What kills a mutant: a test by its name, or a seed of the full-stack simulation. */
export type Killer =
  | { readonly file: string; readonly test: string }
  | { readonly seed: number };

/** A deliberate bug. */
export interface Mutant {
  /** What is wrong with it, in words. */
  readonly bug: string;
  /** The source file, from the root of the project. */
  readonly file: string;
  /** A text that occurs exactly once there. */
  readonly text: string;
  /** What stands in its place. */
  readonly replacement: string;
  /** The one check that is run, and must fail. */
  readonly killedBy: Killer;
}

/** A bug of one file; what kills it is a test of the group's file by its name, one of another file, or a seed. */
interface BugOfFile extends Pick<Mutant, "bug" | "text" | "replacement"> {
  readonly killedBy: string | readonly [file: string, test: string] | number;
}

/** Returns the mutants of a source file, most of which are killed by the tests of one file. */
export function mutantsOf(file: string, tests: string, bugs: readonly BugOfFile[]): Mutant[] {
  const killerOf = (by: BugOfFile["killedBy"]): Killer => {
    if (typeof by === "number") return { seed: by };
    return typeof by === "string" ? { file: tests, test: by } : { file: by[0], test: by[1] };
  };
  return bugs.map(({ killedBy, ...bug }) => ({ ...bug, file, killedBy: killerOf(killedBy) }));
}

/**
 * Puts the bug in.
 *
 * @param source The text of the mutant's file.
 * @throws {Error} If the text does not occur exactly once: the table has drifted from the sources.
 */
export function mutate(source: string, { bug, file, text, replacement }: Mutant): string {
  const parts = source.split(text);
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined) {
    throw new Error(
      `Cannot make the mutant "${bug}" as its text must occur exactly once in ${file}: it occurs ${
        parts.length - 1
      } times`,
    );
  }
  return before + replacement + after;
}

/** Names a check for people. */
export function describeKiller(killer: Killer): string {
  return "seed" in killer
    ? `full-stack simulation, seed ${killer.seed}`
    : `${killer.file.replace("tests/", "")}: ${killer.test}`;
}
