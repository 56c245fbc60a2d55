/** Which files each file of the project imports, or starts as a program, by path. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const IMPORT = /(?:^|[;}\s])(?:import|export)\b[^"'`;()]*?\bfrom\s*["'](\.[^"']+)["']/g;
const EFFECT = /(?:^|[;}\s])import\s*\(?\s*["'](\.[^"']+)["']/g;
/** `new URL("../cli/main.ts", import.meta.url)`: a program that is started. */
const PROGRAM = /new URL\(\s*["'](\.[^"']+\.ts)["']/g;

/** Reads what the files import. */
export function readImports(sources: ReadonlyMap<string, string>): Imports {
  return new Map(
    [...sources].map(([path, text]) => {
      const specifiers = [IMPORT, EFFECT, PROGRAM].flatMap((pattern) =>
        [...text.matchAll(pattern)].map(([, specifier = ""]) => specifier)
      );
      const resolved = specifiers.map((specifier) =>
        new URL(specifier, `file:///${path}`).pathname.slice(1)
      );
      return [path, [...new Set(resolved)].filter((target) => sources.has(target))];
    }),
  );
}

/** How many imports lie between a file and each that it needs, itself included. */
export function distancesFrom(path: string, imports: Imports): Map<string, number> {
  const distances = new Map([[path, 0]]);
  for (const [next, distance] of distances) {
    for (const target of imports.get(next) ?? []) {
      if (!distances.has(target)) distances.set(target, distance + 1);
    }
  }
  return distances;
}
