/**
 * What the release workflow asks, by a word: `check TAG`, `pins`, `notes REPOSITORY`, `sbom`, `elect PROGRAM…`.
 *
 * @module
 */

import { VERSION } from "../../cli/version.ts";
import { faultsOfRelease, notesOf } from "./changelog.ts";
import { shortElection } from "./election.ts";
import { actionsOf, faultByRefs, faultOfPin } from "./pins.ts";
import { sbomOf } from "./sbom.ts";
import { ROOT, run } from "../support/programs.ts";

const WORKFLOWS = new URL(".github/workflows/", ROOT);

const [word, ...rest] = Deno.args;
const faults = await answer(word, rest);
for (const fault of faults) console.error(fault);
if (faults.length > 0) Deno.exit(1);

async function answer(word: string | undefined, rest: readonly string[]): Promise<string[]> {
  const changelog = () => Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  switch (word) {
    case "check": {
      const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
      const sources = { tag: rest[0] ?? "", version, programVersion: VERSION };
      return faultsOfRelease({ ...sources, changelog: await changelog() });
    }
    case "pins":
      return await faultsOfPins();
    case "notes":
      console.log(notesOf(await changelog(), VERSION, rest[0] ?? ""));
      return [];
    case "sbom":
      console.log(JSON.stringify(await sbom(), undefined, 1));
      return [];
    case "elect": {
      const [command = "", ...args] = rest;
      await shortElection({ command, args }, VERSION, (step) => console.log(`ok: ${step}`));
      return [];
    }
    default:
      return [`The word must be check, pins, notes, sbom or elect, got ${word ?? "none"}`];
  }
}

async function faultsOfPins(): Promise<string[]> {
  const faults: (string | undefined)[] = [];
  for await (const { name } of Deno.readDir(WORKFLOWS)) {
    for (const action of actionsOf(await Deno.readTextFile(new URL(name, WORKFLOWS)))) {
      const written = faultOfPin(action);
      faults.push(
        written ?? faultByRefs(action, await refsOf(action.repository, action.tag ?? "")),
      );
    }
  }
  return [...new Set(faults.filter((fault) => fault !== undefined))];
}

async function refsOf(repository: string, tag: string): Promise<string> {
  const refs = [`refs/tags/${tag}`, `refs/tags/${tag}^{}`];
  const ran = await run("git", ["ls-remote", `https://github.com/${repository}`, ...refs]);
  if (ran?.code !== 0) console.error(ran?.stderr);
  return ran?.code === 0 ? ran.stdout : "";
}

async function sbom(): Promise<object> {
  const ran = await run(Deno.execPath(), ["info", "--json", "--no-lock", "cli/main.ts"]);
  const info: { modules: { specifier: string }[] } = JSON.parse(ran?.stdout ?? "");
  const urls = info.modules.map(({ specifier }) => specifier).filter((url) =>
    url.startsWith(ROOT.href)
  );
  const modules = await Promise.all(
    urls.toSorted().map(async (url) => ({
      path: url.slice(ROOT.href.length),
      content: await Deno.readFile(new URL(url)),
    })),
  );
  return sbomOf({ version: VERSION, deno: Deno.version.deno, time: Date.now(), modules });
}
