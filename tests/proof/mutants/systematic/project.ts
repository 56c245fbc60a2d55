import { PARTS, ROOT } from "../copy.ts";

/** The project's sources, by path and in its order. */
export async function readSources(): Promise<ReadonlyMap<string, string>> {
  const paths = (await Promise.all(PARTS.map((part) => listSources(part)))).flat().sort();
  const texts = paths.map((path) => Deno.readTextFile(new URL(path, ROOT)));
  return new Map((await Promise.all(texts)).map((text, at) => [paths[at] ?? "", text]));
}

/** A file, if it is a source, or all that are in a folder. */
async function listSources(path: string): Promise<string[]> {
  if ((await Deno.stat(new URL(path, ROOT))).isFile) return path.endsWith(".ts") ? [path] : [];
  const entries = await Array.fromAsync(Deno.readDir(new URL(`${path}/`, ROOT)));
  return (await Promise.all(entries.map(({ name }) => listSources(`${path}/${name}`)))).flat();
}
