/** What is copied of the project, and read to find the tests of a file. */
export const FOLDERS = ["lock", "store", "elector", "gist", "bucket", "cli", "tests"];
const FILES = ["deno.json", "mod.ts"];

/** The project's sources by path, and what of it there is to copy. */
export interface Project {
  readonly sources: ReadonlyMap<string, string>;
  readonly names: readonly string[];
}

/** Reads the project in a directory. */
export async function readProject(root: URL): Promise<Project> {
  const names: string[] = [...FILES];
  const sources = new Map<string, string>();
  sources.set("mod.ts", await Deno.readTextFile(new URL("mod.ts", root)));
  for await (const { name } of Deno.readDir(root)) {
    if (!FOLDERS.includes(name)) continue;
    names.push(name);
    for (const path of await listSources(root, name)) {
      sources.set(path, await Deno.readTextFile(new URL(path, root)));
    }
  }
  return { sources: new Map([...sources].sort(([a], [b]) => a < b ? -1 : 1)), names };
}

async function listSources(root: URL, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, root))) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await listSources(root, path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found;
}
