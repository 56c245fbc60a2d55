import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Fence } from "../../mod.ts";

/** A fence whose highest token is kept in a file: it is still there after a restart or a power cut. */
export function fenceInFile(path: string): Fence {
  return new Fence({
    load: async () => {
      try {
        return JSON.parse(await readFile(path, "utf8")); // throws if the file is empty or damaged
      } catch (error) {
        if ((error as { code?: string }).code === "ENOENT") return undefined;
        throw error;
      }
    },
    store: async (token) => {
      {
        await using file = await open(`${path}.new`, "w");
        await file.writeFile(`${token}\n`);
        await file.sync();
      }
      await rename(`${path}.new`, path); // the old token or the new one, never half of it
      await using folder = await open(dirname(path), "r");
      await folder.sync();
    },
  });
}
