/**
 * Installs the object stores that `deno task test:servers` starts, as far as this machine lets it: Ceph's radosgw by apt-get,
 * which needs root, Azurite and s3rver by npm into a temporary folder, which is kept.
 *
 * @module
 */

import { FOLDER, npmProgram, starts } from "./programs.ts";

const DEBIAN = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];
const NPM = ["azurite@3.37.0", "s3rver@3.7.1"];

async function run(program: string, ...args: string[]): Promise<boolean> {
  console.log(`$ ${program} ${args.join(" ")}`);
  try {
    const { success } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

async function allStart(programs: readonly string[]): Promise<boolean> {
  const found = await Promise.all(programs.map((program) => starts(program, ["--version"])));
  return found.every(Boolean);
}

async function installCeph(): Promise<boolean> {
  if (await allStart(["radosgw", "ceph-mon", "ceph-osd", "ceph"])) return true;
  if (Deno.uid() !== 0) return false;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...DEBIAN] as const;
  return await run(...install) || (await run("apt-get", "update") && await run(...install));
}

async function installNode(): Promise<boolean> {
  if (await allStart([npmProgram("azurite-blob"), npmProgram("s3rver")])) return true;
  return await run("npm", "install", "--no-audit", "--no-fund", "--prefix", FOLDER, ...NPM);
}

if (!await installCeph()) {
  console.warn(`not installed: Ceph's radosgw, which needs apt-get and root (${DEBIAN.join(" ")})`);
}
if (!await installNode()) {
  console.warn(`not installed: Azurite and s3rver, which need npm (${NPM.join(" ")})`);
}
