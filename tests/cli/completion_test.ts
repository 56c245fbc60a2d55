import assert from "node:assert/strict";
import { bashCompletion } from "../../cli/completion/bash.ts";
import { fishCompletion } from "../../cli/completion/fish.ts";
import { completionTable } from "../../cli/completion/table.ts";
import { zshCompletion } from "../../cli/completion/zsh.ts";
import { shownCommands } from "../../cli/commands/mod.ts";
import { main } from "../../cli/main.ts";
import { flushOutput } from "../../cli/output/output.ts";
import { run } from "../support/programs.ts";

const SHOWN = await shownCommands();
const TABLE = completionTable(SHOWN);
const SCRIPTS = {
  bash: bashCompletion(TABLE),
  zsh: zshCompletion(TABLE),
  fish: fishCompletion(TABLE),
};

const CHECKS = { bash: ["--norc", "-n"], zsh: ["-f", "-n"], fish: ["--no-config", "-n"] } as const;

for (const shell of ["bash", "zsh", "fish"] as const) {
  const isMissing = await run(shell, ["-c", "true"]) === undefined;
  Deno.test({
    name: `the completion for ${shell} is accepted by ${shell}`,
    ignore: isMissing,
    async fn() {
      const checked = await run(shell, CHECKS[shell], { stdin: SCRIPTS[shell] });
      assert.deepEqual([checked?.code, checked?.stderr], [0, ""]);
    },
  });

  Deno.test(`the completion for ${shell} has every command and option`, () => {
    const script = SCRIPTS[shell];
    const dashes = shell === "fish" ? "-l " : "--";
    for (const { name, options } of TABLE) {
      assert.ok(new RegExp(`\\b${name}\\b`).test(script), name);
      for (const { flag } of options) assert.ok(script.includes(`${dashes}${flag.slice(2)}`), flag);
    }
    for (const name of ["campaigner", "demo-candidate"]) assert.ok(!script.includes(name), name);
    assert.ok(/[^\n]$/.test(script) && !/[^\n\x20-\x7e]/.test(script), "plain text");
  });
}

/** What bash completes a command line to, whose words are split as bash splits them. */
async function complete(...words: string[]): Promise<string[]> {
  const script = `${SCRIPTS.bash}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_elector
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = await run("bash", ["--norc"], { stdin: script });
  assert.equal(result?.code, 0, result?.stderr);
  assert.ok(!result.stderr.includes("syntax"), result.stderr);
  return result.stdout.split("\n").filter((line) => line !== "");
}

const HAS_BASH = await run("bash", ["-c", "complete -p"]) !== undefined;

function bashTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `bash completes ${name}`, ignore: !HAS_BASH, fn });
}

const CASES: [words: string[], expected: string[]][] = [
  [["elector", "st"], ["status"]],
  [["elector", "re"], ["resign", "release"]],
  [["elector", "--v"], ["--version"]],
  [["elector", "run", "--lease"], ["--lease-duration"]],
  [["elector", "serve", "--on"], ["--on-change"]],
  [["elector", "status", "--cand"], ["--candidates"]],
  [["elector", "plan", "--token-f"], []],
  [["elector", "run", "--once", "--jso"], ["--json"]],
  [["elector", "run", "--protocol", ""], ["git", "rest"]],
  [["elector", "run", "--protocol", "=", "r"], ["rest"]],
  [["elector", "run", "--protocol", "="], ["git", "rest"]],
  [["elector", "run", "--gist", ""], []],
  [["elector", "run", "--gist", "=", "-"], []],
  [["elector", "completion", "b"], ["bash"]],
  [["elector", "help", "exit"], ["exit-codes"]],
  [["elector", "help", "wat"], ["watch"]],
  [["elector", "nonsense", "-"], []],
  [["elector", "run", "--", "--lease"], []],
  [["elector", "run", "--", "ls", "--lease"], []],
];

for (const [words, expected] of CASES) {
  bashTest(
    `\`${words.join(" ")}\` to ${expected.join(", ") || "nothing"}`,
    async () => assert.deepEqual((await complete(...words)).sort(), [...expected].sort()),
  );
}

bashTest("every command, and every option of each", async () => {
  const names = [...SHOWN.map(({ name }) => name), "help"].sort();
  assert.deepEqual(
    (await complete("elector", "")).filter((word) => !word.startsWith("-")).sort(),
    names,
  );
  for (const { name, options } of TABLE) {
    const flags = options.map(({ flag }) => flag).sort();
    const completed = await complete("elector", name, "-");
    assert.deepEqual(completed.filter((word) => word !== "--").sort(), flags, name);
  }
});

bashTest("files for --token-file, and programs after --", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/token one`, "");
  assert.deepEqual(await complete("elector", "run", "--token-file", `${folder}/to`), [
    `${folder}/token one`,
  ]);
  assert.ok((await complete("elector", "run", "--", "tru")).includes("true"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "fish completes commands, options and values",
  ignore: await run("fish", ["--no-config", "-c", "true"]) === undefined,
  async fn() {
    const cases = [
      ["elector sta", "status"],
      ["elector run --lease", "--lease-duration"],
      ["elector run --protocol r", "rest"],
      ["elector completion b", "bash"],
    ] as const;
    for (const [line, expected] of cases) {
      const script = `${SCRIPTS.fish}\ncomplete -C '${line}'`;
      const { stdout = "", stderr } = await run("fish", ["--no-config"], { stdin: script }) ?? {};
      const completed = stdout.split("\n").map((found) => found.split("\t")[0]);
      assert.ok(completed.includes(expected), `${line}: ${stdout} ${stderr}`);
    }
  },
});

Deno.test("elector completion asks for a shell that it knows", async () => {
  for (const args of [[], ["bash", "--json"], ["tcsh"]]) {
    assert.equal(await main(["completion", ...args]), 64);
  }
  await flushOutput();
});
