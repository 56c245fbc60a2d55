import assert from "node:assert/strict";
import { EXIT, exitCodeOfSignal } from "../../cli/exit_codes.ts";
import { checkGrace, longestGrace } from "../../cli/options/timings.ts";
import { OPTIONS, RUN_OPTIONS } from "../../cli/options/options.ts";
import { readOptions } from "../../cli/options/read.ts";
import { DEFAULT_TIMINGS } from "../../elector/mod.ts";
import { findProgram, run } from "../support/programs.ts";
import { readText } from "./tools.ts";

const UNIT = "docs/systemd/elector.service";
const analyze = await findProgram("systemd-analyze", "the tests of docs/systemd");

/** What the unit sets, the last value of each name. */
async function settings(): Promise<Map<string, string>> {
  const lines = (await readText(UNIT)).split("\n");
  return new Map(lines.flatMap((line) => {
    const [, name, value] = /^([A-Z]\w*)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? ""]];
  }));
}

async function seconds(name: string): Promise<number> {
  return 1_000 * Number(/^(\d+)s$/.exec((await settings()).get(name) ?? "")?.[1]);
}

/** Runs systemd-analyze on the unit, or on one with a fault; the program it starts is not on this machine. */
async function analyzed(
  args: readonly string[],
  change: (unit: string) => string = (unit) => unit,
) {
  assert(analyze);
  const folder = await Deno.makeTempDir();
  try {
    const unit = change(await readText(UNIT));
    const startable = unit.replace("ExecStart=/usr/local/bin/elector", "ExecStart=/bin/true");
    assert.notEqual(startable, unit);
    await Deno.writeTextFile(`${folder}/elector.service`, startable);
    return await run(analyze, [...args, `${folder}/elector.service`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "systemd-analyze verify finds no fault in elector.service",
  ignore: !analyze,
  async fn() {
    assert.deepEqual(await analyzed(["verify"]), { code: 0, stdout: "", stderr: "", text: "" });
    const faulty = await analyzed(["verify"], (unit) => unit.replace("KillMode", "KillMod"));
    assert.match(faulty?.text ?? "", /Unknown key.*KillMod/);
  },
});

const hasOffline = analyze !== undefined &&
  (await run(analyze, ["--help"]))?.text.includes("--offline");

Deno.test({
  name: "systemd-analyze security rates elector.service at 2.0 or better",
  ignore: !hasOffline,
  async fn() {
    const ran = await analyzed(["security", "--offline=yes", "--threshold=20", "--no-pager"]);
    assert.equal(ran?.code, 0, ran?.text.split("\n").at(-2));
  },
});

Deno.test("elector.service lets a stop take as long as elector run may", async () => {
  const { requestTimeout } = DEFAULT_TIMINGS;
  const longestStop = checkGrace(DEFAULT_TIMINGS, undefined) + 3 * requestTimeout + 1_000;
  assert(await seconds("TimeoutStopSec") > longestStop);
  const unit = await settings();
  // TERM to all processes would end the one that renews the lease.
  assert.equal(unit.get("KillMode"), "mixed");
  assert.equal(unit.get("SuccessExitStatus"), String(exitCodeOfSignal("SIGTERM")));
});

Deno.test("elector.service kills a workload that nothing keeps before another may lead", async () => {
  // A report that takes longer than 1 s is given up, so a beat is no older than that.
  assert(await seconds("WatchdogSec") + 1_000 < longestGrace(DEFAULT_TIMINGS));
  const unit = await settings();
  assert.equal(unit.get("WatchdogSignal"), "SIGKILL");
  assert.equal(unit.get("Type"), "notify");
  // systemd-notify sends the reports, not the main process.
  assert.equal(unit.get("NotifyAccess"), "all");
  // No beat comes while the workload ends after a loss.
  assert(await seconds("WatchdogSec") > checkGrace(DEFAULT_TIMINGS, undefined) + 3_000);
});

Deno.test("elector.service starts a failed elector again, and never gives up", async () => {
  const unit = await settings();
  assert.equal(unit.get("Restart"), "on-failure");
  assert.equal(unit.get("StartLimitIntervalSec"), "0");
  assert(await seconds("RestartSec") >= 5_000);
  assert.equal(unit.get("RestartPreventExitStatus"), `${EXIT.usage} ${EXIT.config}`);
});

Deno.test("elector.service starts elector with options that there are, and no token on the command line", async () => {
  const unit = await settings();
  const [program, command, ...args] = (unit.get("ExecStart") ?? "").split(" ");
  assert.deepEqual([program, command], ["/usr/local/bin/elector", "run"]);
  const end = args.indexOf("--");
  assert(end >= 0 && end < args.length - 1);
  const values = readOptions(RUN_OPTIONS, args.slice(0, end), () => undefined);
  assert.equal(values["token-file"], "${CREDENTIALS_DIRECTORY}/token");
  assert.match(unit.get("LoadCredential") ?? "", /^token:/);
  // The engine compiles at run time.
  assert.equal(unit.get("MemoryDenyWriteExecute"), undefined);
});

Deno.test("the variables that elector.service names are variables of the program", async () => {
  const known = Object.values(OPTIONS).flatMap((option) => "env" in option ? [option.env] : []);
  const named = (await readText(UNIT)).matchAll(/(?:\b|(?<=\\n))(?:ELECTOR_\w+|GIST_ID)\b/g);
  for (const [name] of named) assert(name === "ELECTOR_" || known.includes(name), name);
});
