/** The library in each runtime that it is for: the same election, event for event. */

import assert from "node:assert/strict";
import { run } from "../support/programs.ts";

const PROGRAM = new URL("../support/runtime_election.ts", import.meta.url).pathname;

/** The runtimes; Node and Bun come from npm. */
const RUNTIMES: readonly [name: string, command: readonly string[]][] = [
  ["Node 22", ["npx", "-y", "node@22"]],
  ["Bun", ["npx", "-y", "bun@1"]],
];

const EVENTS = [
  "eu starts 1",
  "eu expired 1",
  "us starts 2",
  "us stopped 2",
  "eu starts 3",
  "eu stopped 3",
];

async function linesOf([command = "", ...args]: readonly string[]): Promise<string[] | undefined> {
  const ran = await run(command, args);
  return ran?.code === 0 ? ran.stdout.trim().split("\n") : undefined;
}

async function bundle(directory: string): Promise<string | undefined> {
  const path = `${directory}/election.mjs`;
  const args = ["bundle", "--quiet", "-o", path, PROGRAM];
  return await linesOf([Deno.execPath(), ...args]) && path;
}

Deno.test("the same election runs under Deno, Node 22 and Bun, from one bundle", async (test) => {
  const directory = await Deno.makeTempDir();
  try {
    const expected = await linesOf([Deno.execPath(), "run", "--no-check", PROGRAM]);
    assert.ok(expected);
    for (const line of expected) {
      const [protocol, ...events] = JSON.parse(line) as string[];
      const steps = events.map((event) => event.replace(/^\d+ s: /, ""));
      assert.deepEqual(steps, EVENTS, protocol);
    }
    assert.equal(expected.length, 2);
    const path = await bundle(directory);
    if (path === undefined) console.warn("skipped: `deno bundle` cannot be had");
    for (const [name, command] of RUNTIMES) {
      const isThere = path !== undefined && await linesOf([...command, "--version"]) !== undefined;
      if (!isThere) console.warn(`skipped: ${name} cannot be had`);
      await test.step({
        name,
        ignore: !isThere,
        fn: async () => assert.deepEqual(await linesOf([...command, path ?? ""]), expected),
      });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
