import assert from "node:assert/strict";
import { isTyped, runTests } from "../proof/mutants/systematic/test_run.ts";

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const LIMITS = { ms: 60_000, silence: 60_000 };

Deno.test("runTests() distinguishes passed, failed, hung and invalid, and what hung can be left out", async (t) => {
  const directory = await Deno.makeTempDir();
  const write = (name: string, code: string) => Deno.writeTextFile(`${directory}/${name}`, code);
  const run = (name: string, limits = LIMITS, except: string[] = []) =>
    runTests({ directory, files: [name], limits, except });
  try {
    await write("good_test.ts", 'Deno.test("good", () => {});');
    await write("also_good_test.ts", 'Deno.test({ name: "good", fn() {} });');
    await write("bad_test.ts", 'Deno.test("bad", () => { throw new Error(); });');
    await write("broken_test.ts", "const a = ;");
    await write(
      "endless_test.ts",
      'Deno.test("first", () => {}); Deno.test("end (less)", () => { for (;;); }); Deno.test("last", () => { throw 1; });',
    );
    for (const [name, expected] of [["good", "passed"], ["bad", "failed"], ["broken", "invalid"]]) {
      await t.step(`${name}_test.ts: ${expected}`, async () => {
        assert.equal((await run(`${name}_test.ts`)).verdict, expected);
      });
    }
    await t.step("isTyped() says no of a file with a wrong type", async () => {
      await write("typed.ts", "export const a: number = 1;");
      await write("untyped.ts", 'export const a: number = "1";');
      assert.equal(await isTyped(directory, "typed.ts"), true);
      assert.equal(await isTyped(directory, "untyped.ts"), false);
    });
    await t.step("a test is left out of every file", async () => {
      const files = ["good_test.ts", "also_good_test.ts"];
      const { verdict } = await runTests({ directory, files, limits: LIMITS, except: ["good"] });
      assert.equal(verdict, "empty");
    });
    await t.step("endless_test.ts: hung, and failed without what hung", async () => {
      const { verdict, hungIn } = await run("endless_test.ts", { ms: 60_000, silence: 10_000 });
      assert.deepEqual([verdict, hungIn], ["hung", "end (less)"]);
      assert.equal((await run("endless_test.ts", LIMITS, ["end (less)"])).verdict, "failed");
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("deno task mutate leaves no copy behind when it is stopped", async () => {
  const directory = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-prompt", "--allow-read", "--allow-write", "--allow-run"],
      ...[
        new URL("../proof/mutants/systematic/main.ts", import.meta.url).href,
        "--only=gist/git/wire/side_band.ts",
      ],
    ],
    env: { TMPDIR: directory, NO_COLOR: "1" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const copies = () => [...Deno.readDirSync(directory)].filter(({ name }) => /^mutants/.test(name));
  for (let round = 0; round < 2_400 && copies().length < 2; round++) await sleep(50);
  assert.equal(copies().length, 2);
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 143);
  assert.deepEqual(copies(), []);
  await Deno.remove(directory, { recursive: true });
});
