import assert from "node:assert/strict";
import { DEFAULT_TIMINGS, failoverBounds } from "../../elector/mod.ts";
import { REQUESTS } from "../../gist/mod.ts";
import { parseDuration } from "../../cli/options/values.ts";
import { unknownNames } from "./known_metrics.ts";
import { findProgram, ROOT, run } from "../support/programs.ts";
import { readText } from "./tools.ts";
import { parseYaml, type YamlMap } from "./yaml.ts";

const FOLDER = "docs/prometheus/";
const FILES = ["alerts.yaml", "alerts_all_clusters.yaml"] as const;
const promtool = await findProgram("promtool", "the tests of docs/prometheus with promtool");

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function alertsOf(file: string): Promise<Alert[]> {
  const [document] = parseYaml(await readText(FOLDER + file));
  const { groups } = document as unknown as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

async function allAlerts(): Promise<Alert[]> {
  return (await Promise.all(FILES.map(alertsOf))).flat();
}

async function alert(name: string): Promise<Alert> {
  const found = (await allAlerts()).find((candidate) => candidate.alert === name);
  assert(found, `no alert ${name}`);
  return found;
}

/** The time for which an alert waits, in milliseconds. */
function waitOf(alert: Alert): number {
  return alert.for === undefined ? 0 : parseDuration(alert.for) ?? NaN;
}

async function check(...args: string[]): Promise<void> {
  assert(promtool);
  const ran = await run(promtool, args, { cwd: new URL(FOLDER, ROOT) });
  assert.equal(ran?.code, 0, ran?.text);
}

for (const file of FILES) {
  Deno.test({
    name: `promtool finds no fault in ${file}`,
    ignore: !promtool,
    fn: () => check("check", "rules", "--lint=all", "--lint-fatal", file),
  });
  const test = file.replace(".yaml", "_test.yaml");
  Deno.test({
    name: `promtool test rules ${test}`,
    ignore: !promtool,
    fn: () => check("test", "rules", test),
  });
}

Deno.test({
  name: "promtool takes prometheus.yaml",
  ignore: !promtool,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const text = await readText(`${FOLDER}prometheus.yaml`);
      // Debian builds promtool without the discovery of Kubernetes: the rest of that job is checked.
      const other = text.replace(
        "kubernetes_sd_configs:\n      - role: pod\n",
        'static_configs:\n      - targets: ["a:1"]\n',
      );
      assert.notEqual(other, text);
      await Deno.writeTextFile(`${folder}/prometheus.yaml`, other);
      await Deno.copyFile(new URL(`${FOLDER}alerts.yaml`, ROOT), `${folder}/alerts.yaml`);
      await check("check", "config", `${folder}/prometheus.yaml`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("each alert fires in a test of its own file", async () => {
  for (const file of FILES) {
    const tests = await readText(FOLDER + file.replace(".yaml", "_test.yaml"));
    const [document] = parseYaml(tests);
    const expected = new Set(collect(document as YamlMap, "labels").map(String));
    for (const { alert, labels } of await alertsOf(file)) {
      const cause = labels.cause && `cause="${labels.cause}"`;
      const fires = [...expected].some((text) =>
        text.includes(`alertname="${alert}"`) && (!cause || text.includes(cause))
      );
      const isAlone = collect(document as YamlMap, "alertname").includes(alert) && !cause;
      assert(fires || isAlone, `${file}: no test expects ${alert} ${cause ?? ""}`);
    }
  }
});

/** All values of a key, however deep. */
function collect(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key && !Array.isArray(value) ? [inner] : collect(inner, key)
  );
}

Deno.test("the alerts name only metrics and labels that exist", async () => {
  for (const { alert, expr } of await allAlerts()) assert.deepEqual(unknownNames(expr), [], alert);
});

Deno.test("each alert keeps locks apart, has a severity, and says what to do", async () => {
  for (const { alert, expr, labels, annotations } of await allAlerts()) {
    for (const [, list = ""] of expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)) {
      assert.match(list, /\block\b|\binstance\b/, `${alert}: ${list}`);
    }
    assert.match(labels.severity ?? "", /^(critical|warning)$/, alert);
    assert.match(annotations.summary ?? "", /\{\{.*\}\}/, alert);
    assert.match(annotations.description ?? "", /[^.]\.$/, alert);
  }
});

Deno.test("the times of the alerts suit the default timings", async () => {
  const { renewDeadline, retryPeriod, requestTimeout, leaseDuration } = DEFAULT_TIMINGS;
  const crash = Math.max(
    failoverBounds(DEFAULT_TIMINGS, REQUESTS.git, false).crash,
    failoverBounds(DEFAULT_TIMINGS, REQUESTS.rest, true).crash,
  );
  const noLeader = await alert("LeaderElectionNoLeader");
  const age = 1_000 * Number(/\) > (\d+)$/m.exec(noLeader.expr)?.[1]);
  // A leader whose renewals take as long as they may does not raise it.
  assert(age > renewDeadline && age > retryPeriod + 3 * requestTimeout, `${age}`);
  assert(age + waitOf(noLeader) > crash, `${crash}`);
  assert(waitOf(await alert("LeaderElectionNoLeaderAnywhere")) > 2 * crash, `${crash}`);
  const two = await alert("LeaderElectionTwoLeaders");
  const fresh = 1_000 * Number(/timestamp\(leader_election_leader\) < (\d+)/.exec(two.expr)?.[1]);
  // The last sample of a leader that is gone must be too old before the alert fires.
  assert.equal(fresh, waitOf(two));
  assert(waitOf(await alert("LeaderElectionStoreLost")) >= leaseDuration);
});
