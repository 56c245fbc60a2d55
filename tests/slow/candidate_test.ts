import assert from "node:assert/strict";
import { Candidate } from "../../cli/candidate/candidate.ts";
import { EXIT } from "../../cli/exit_codes.ts";
import { RUN_OPTIONS } from "../../cli/options/options.ts";
import { readOptions } from "../../cli/options/read.ts";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { checkTimings } from "../../elector/mod.ts";
import { untilAborted } from "../elector/candidate.ts";
import { SHORT, until, World } from "../support/elector_process.ts";

Deno.test("Candidate leads, loses and ends as usual though its log throws", async () => {
  await using world = new World();
  const tokenFile = await Deno.makeTempFile();
  await Deno.writeTextFile(tokenFile, LOCAL_TOKEN);
  const lines: string[] = [];
  const errors: string[] = [];
  const ends: string[] = [];
  const candidate = new Candidate({
    values: readOptions(RUN_OPTIONS, [
      "--identity=me",
      `--gist=${world.gist}`,
      `--token-file=${tokenFile}`,
      `--api-url=${world.served.url}`,
    ], () => undefined),
    timings: checkTimings({ ...SHORT, drainTimeout: 1_000 }),
    log: (event, text) => {
      lines.push(event);
      if (event === "error") errors.push(text);
      throw new Error("No space left on device");
    },
    lead: untilAborted,
    onEnd: (reason) => ends.push(reason),
  });
  const stop = new AbortController();
  const campaign = candidate.campaign(stop.signal);
  await until(() => candidate.terms === 1, () => "a term");
  world.cut();
  await until(() => ends.length === 1, () => "its end");
  world.heal();
  await until(() => candidate.terms === 2, () => "another");
  stop.abort();
  assert.equal(await campaign, EXIT.ok);
  assert.deepEqual(ends, ["expired", "stopped"]);
  assert.equal(world.holder, "");
  // A persistent failure is logged once, however many polls have failed.
  assert.equal(new Set(errors).size, errors.length, errors.join("\n"));
  assert.ok(["leads", "error", "ended"].every((event) => lines.includes(event)), lines.join());
  await Deno.remove(tokenFile);
});
