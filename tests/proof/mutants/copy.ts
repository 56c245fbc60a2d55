/** The root of the project. */
export const ROOT = new URL("../../../", import.meta.url);

/** All of the project that a check may need. */
export const PARTS = [
  ...["deno.json", "mod.ts", "lock", "store", "elector", "gist", "bucket", "cli", "tests"],
];

/** How many copies are worked in at the same time. */
const WORKERS = 2;

/** The copies that there are. */
const copies = new Set<string>();

/** Removes every copy at once: for a program that is told to end. */
export function removeCopies(): void {
  for (const directory of copies) Deno.removeSync(directory, { recursive: true });
}

/** Works through a list with a few workers, each in a copy of the project of its own, which is gone afterwards. */
export async function inCopies<T>(
  list: readonly T[],
  work: (item: T, directory: string) => Promise<void>,
): Promise<void> {
  const queue = [...list];
  await Promise.all(Array.from({ length: Math.min(WORKERS, list.length) }, async () => {
    const directory = await Deno.makeTempDir({ prefix: "mutants-" });
    copies.add(directory);
    try {
      for (const name of PARTS) await copy(new URL(name, ROOT).pathname, `${directory}/${name}`);
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item, directory);
      }
    } finally {
      queue.length = 0;
      await Deno.remove(directory, { recursive: true });
      copies.delete(directory);
    }
  }));
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
