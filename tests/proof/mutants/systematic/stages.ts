import { distancesFrom, type Imports } from "./imports.ts";
import { NO_TESTS, SLOW, type Target } from "./targets.ts";

/** Finds the tests of source files: those that import them in any way. Nothing has to be written down when files move. */
export class Stages {
  readonly #imports: Imports;
  /** From each test file, how far it is to each file that it needs. */
  readonly #distances = new Map<string, Map<string, number>>();

  constructor(imports: Imports) {
    this.#imports = imports;
  }

  /**
   * The test files for a mutation of a file, in groups that are run one after the other until a test fails: those that are
   * nearest to the file, all others, and the slow ones.
   */
  of(target: Target, file: string): string[][] {
    const tests = [...this.#imports.keys()]
      .filter((path) => path.endsWith("_test.ts") && !NO_TESTS.test(path))
      .filter((path) => target.tests.some((prefix) => path.startsWith(prefix)))
      .filter((path) => this.#from(path).has(file))
      .sort();
    const slow = tests.filter((path) => [...this.#from(path).keys()].some((name) => isSlow(name)));
    const quick = tests.filter((path) => !slow.includes(path));
    const near = quick.filter((path) => this.#from(path).get(file) === 1 || isNamed(path, file));
    const far = quick.filter((path) => !near.includes(path));
    return [near, far, slow].filter((group) => group.length > 0);
  }

  #from(test: string): Map<string, number> {
    const known = this.#distances.get(test) ?? distancesFrom(test, this.#imports);
    this.#distances.set(test, known);
    return known;
  }
}

function isSlow(path: string): boolean {
  return path.startsWith("tests/") && SLOW.test(path);
}

/** Whether a test is named after a file, as `tests/gist/rest/store_test.ts` is after `gist/rest/store.ts`. */
function isNamed(test: string, file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.ts$/, "");
  return test.endsWith(`/${name}_test.ts`) || test.endsWith(`_${name}_test.ts`);
}
