import assert from "node:assert/strict";
import { until, World } from "../support/elector_process.ts";
import { statusOf, urlOf } from "../support/served_url.ts";
import { podOf, terminationOrder } from "../ops/manifests.ts";
import { readLines } from "../../cli/run/lines.ts";

/** Of these a busy machine keeps the renewals. */
const TIMINGS = { leaseDuration: 5_000, renewDeadline: 4_500, requestTimeout: 2_000 };

/** How long the workload drains, in seconds: longer than the lease. */
const DRAIN = 6;

/** A workload that goes on for a while after TERM. */
function startWorkload() {
  const child = new Deno.Command("sh", {
    args: ["-c", `trap 'sleep ${DRAIN}; exit 0' TERM; echo up; while :; do sleep 0.05; done`],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const isUp = readLines(child.stdout).next();
  return { child, isUp, signal: (signal: Deno.Signal) => child.kill(signal), end: child.status };
}

/** As a workload asks: no answer is a no. */
const leads = async (url: string) => await statusOf(`${url}/leader`) === 200;

Deno.test("a sidecar's lock outlasts a workload that drains, when the kubelet stops the pod as sidecar.yaml says", async () => {
  await using world = new World(TIMINGS);
  const elector = world.elector(["serve", "--http=0", "--identity=old"]);
  const url = await urlOf(elector);
  await until(() => leads(url), () => "the old pod to lead");
  const rival = await urlOf(world.elector(["serve", "--http=0", "--identity=new"]));
  const workload = startWorkload();
  await workload.isUp;

  let isDraining = true;
  const seen: { old: boolean; new: boolean }[] = [];
  const watching = (async () => {
    while (isDraining) {
      const [old, other] = await Promise.all([leads(url), leads(rival)]);
      // What was asked while the workload ended says nothing.
      if (isDraining) seen.push({ old, new: other });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const pod: Record<string, { signal: (signal: Deno.Signal) => void; end: Promise<unknown> }> = {
    workload: { signal: workload.signal, end: workload.end.then(() => isDraining = false) },
    elector: { signal: (signal) => elector.signal(signal), end: elector.code },
  };
  for (const names of terminationOrder(await podOf("sidecar.yaml"))) {
    for (const name of names) pod[name]?.signal("SIGTERM");
    await Promise.all(names.map((name) => pod[name]?.end));
  }
  await watching;

  assert(seen.length > 10, `${seen.length}`);
  assert.deepEqual(seen.filter(({ old, new: other }) => !old || other), []);
  assert.equal(await elector.code, 143);
  // Released, not left to expire.
  assert.notEqual(world.holder, "old");
  await until(() => leads(rival), () => "the new pod to lead");
  assert.equal(world.record.holderIdentity, "new");
  assert.equal(world.record.leaderTransitions, 2);
});
