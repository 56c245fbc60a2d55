import assert from "node:assert/strict";
import { asksForHelp } from "../../cli/command.ts";
import { COMMANDS, shownCommands } from "../../cli/commands/mod.ts";
import { EXIT_CODE_TEXTS } from "../../cli/exit_codes.ts";
import { main } from "../../cli/main.ts";
import { suggest } from "../../cli/options/read.ts";

async function printed(args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => lines.push(...text.split("\n"));
  try {
    assert.equal(await main(args), 0);
  } finally {
    console.log = log;
  }
  return lines;
}

const SHOWN = await shownCommands();

for (const name of [undefined, ...SHOWN.map(({ name }) => name)]) {
  Deno.test(`elector ${name ?? ""} --help fits one screen and shows an example`, async () => {
    const lines = await printed([...(name ? [name] : []), "--help"]);
    assert.match(lines[0] ?? "", new RegExp(`^Usage: elector ${name ?? ""}`));
    assert.ok(lines.length <= 36, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    assert.ok(lines.some((line) => /Example: .*elector/.test(line)));
  });
}

Deno.test("elector help lists every command that is not hidden, and the exit codes", async () => {
  const text = (await printed(["--help"])).join("\n");
  for (const { name, summary } of SHOWN) {
    assert.ok(text.includes(`${name} `) && text.includes(summary));
    assert.ok(summary.length <= 65, summary);
  }
  assert.ok(!text.includes("campaigner"));
  const codes = (await printed(["help", "exit-codes"])).join("\n");
  for (const [code, meaning] of EXIT_CODE_TEXTS) {
    assert.ok(codes.includes(`${code}`) && codes.includes(meaning));
  }
});

Deno.test("COMMANDS are found by the names that they have", async () => {
  for (const [name, load] of Object.entries(COMMANDS)) assert.equal((await load()).name, name);
});

Deno.test("asksForHelp() does not read the command that is to be run", () => {
  assert.equal(asksForHelp(["--once", "--help"]), true);
  assert.equal(asksForHelp(["--once", "--", "ls", "--help"]), false);
});

Deno.test("suggest() finds the command that was mistyped, and does not guess", () => {
  const names = SHOWN.map(({ name }) => name);
  const cases: [string, string | undefined][] = [
    ["rnu", "run"],
    ["stauts", "status"],
    ["stat", "status"],
    ["relese", "release"],
    ["gist_server", "gist-server"],
    ["hsitory", "history"],
    ["elect", undefined],
    ["", undefined],
    ["xyz", undefined],
  ];
  for (const [typed, expected] of cases) assert.equal(suggest(typed, names), expected, typed);
});
