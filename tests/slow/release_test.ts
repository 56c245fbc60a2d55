import assert from "node:assert/strict";
import { VERSION } from "../../cli/version.ts";
import { shortElection } from "../release/election.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;

/** What a release compiles; in its place `ELECTOR_BINARY`, if there is one. */
function program() {
  const command = Deno.env.get("ELECTOR_BINARY");
  if (command) return { command, args: [] };
  const permissions = ["--allow-net", "--allow-run", "--allow-env", "--allow-read"];
  const flags = [
    "run",
    "--quiet",
    "--no-config",
    "--no-lock",
    "--no-prompt",
    "--allow-sys=hostname",
  ];
  return { command: Deno.execPath(), args: [...flags, ...permissions, MAIN] };
}

Deno.test("the election that a release tries each binary with goes well", async () => {
  const steps: string[] = [];
  await shortElection(program(), VERSION, (step) => steps.push(step));
  assert.deepEqual(steps.slice(1), [
    "elects a leader",
    "hands over, with a higher token",
    "runs a command while it leads",
  ]);
});

Deno.test("the election that a release tries each binary with fails for a program of another version", async () => {
  await assert.rejects(shortElection(program(), "9.9.9", () => {}), /elector 9/);
});
