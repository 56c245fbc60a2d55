import assert from "node:assert/strict";
import { knownMetrics, unknownNames } from "./known_metrics.ts";
import { findProgram, run } from "../support/programs.ts";
import { readText } from "./tools.ts";

const promtool = await findProgram("promtool", "the tests of docs/grafana with promtool");

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

async function dashboard(): Promise<Dashboard> {
  return JSON.parse(await readText("docs/grafana/dashboard.json"));
}

/** The expressions, with Grafana's variables as it would fill them in. */
async function expressions(): Promise<{ name: string; expr: string }[]> {
  const { panels } = await dashboard();
  return panels.flatMap(({ id, targets }) =>
    targets.map(({ refId, expr }) => ({
      name: `panel:${id}_${refId}`,
      expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$__range_s", "600")
        .replaceAll("$__range", "10m").replaceAll("$lock", "a lock"),
    }))
  );
}

/** A series of each metric for each of two candidates: the first leads. */
function series(): object[] {
  const values: Record<string, readonly string[]> = {
    identity: ["eu", "us"],
    reason: ["lost"],
    method: ["GET"],
    code: ["200", "503"],
    version: ["1.0.0"],
  };
  return [...knownMetrics()].flatMap(([name, labels]) =>
    combinations(labels.filter((label) => label !== "lock").map((label) => [label, values[label]]))
      .map((pairs) => {
        const all = { ...(labels.includes("lock") && { lock: "a lock" }), ...pairs };
        const text = Object.entries(all).map(([label, value]) => `${label}="${value}"`);
        const isCounter = name.endsWith("_total");
        return {
          series: `${name}{${text.join(", ")}, job="elector", instance="${pairs.identity}:4040"}`,
          values: isCounter ? "0+1x40" : "1x40",
        };
      })
  );
}

function combinations(
  lists: readonly (readonly [string, readonly string[] | undefined])[],
): Record<string, string>[] {
  return lists.reduce<Record<string, string>[]>(
    (all, [label, values = []]) =>
      all.flatMap((pairs) => values.map((value) => ({ ...pairs, [label]: value }))),
    [{}],
  );
}

Deno.test("the dashboard names only metrics and labels that exist, and only its own variables", async () => {
  const { panels, templating } = await dashboard();
  const variables = templating.list.map(({ name }) => name);
  for (const { title, targets, datasource } of panels) {
    for (const { expr, legendFormat, datasource: own } of targets) {
      assert.deepEqual(unknownNames(expr), [], title);
      for (const [, name = ""] of expr.matchAll(/\$\{?(\w+)/g)) {
        assert(name.startsWith("__") || variables.includes(name), `${title}: $${name}`);
      }
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.match(expr, new RegExp(`by \\([^)]*\\b${label}\\b`), `${title}: {{${label}}}`);
      }
      for (const { uid } of [own, datasource]) assert.equal(uid, "${datasource}", title);
    }
  }
});

Deno.test("the dashboard shows every metric that there is", async () => {
  const { panels } = await dashboard();
  const text = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
  const missing = [...knownMetrics().keys()].filter((name) =>
    !new RegExp(`\\b${name}\\b`).test(text)
  );
  // Each change is in the timeline; the counter is for those who have no timeline.
  assert.deepEqual(missing, ["leader_election_leader_changes_total"]);
});

Deno.test("the dashboard's panels have their own place and name", async () => {
  const { panels } = await dashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h }, targets } of panels) {
    assert(x >= 0 && x + w <= 24, title);
    assert(targets.length > 0, title);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        const cell = `${column} ${row}`;
        assert(!taken.has(cell), `${title} covers another panel`);
        taken.add(cell);
      }
    }
  }
});

Deno.test({
  name: "each expression of the dashboard is PromQL, and finds what the program exports",
  ignore: !promtool,
  async fn() {
    assert(promtool);
    const folder = await Deno.makeTempDir();
    try {
      const rules = (await expressions()).map(({ name, expr }) => ({ record: name, expr }));
      await Deno.writeTextFile(
        `${folder}/rules.yaml`,
        JSON.stringify({ groups: [{ name: "panels", rules }] }),
      );
      // The number of records with a result: a missing one is an expression that finds nothing.
      const expr = 'count(count by (__name__) ({__name__=~"panel:.+"}))';
      const all = { labels: "{}", value: rules.length };
      await Deno.writeTextFile(
        `${folder}/test.yaml`,
        JSON.stringify({
          rule_files: ["rules.yaml"],
          evaluation_interval: "15s",
          tests: [{
            interval: "15s",
            input_series: series(),
            promql_expr_test: [{ expr, eval_time: "10m", exp_samples: [all] }],
          }],
        }),
      );
      const checked = await run(promtool, ["check", "rules", "rules.yaml"], { cwd: folder });
      assert.equal(checked?.code, 0, checked?.text);
      const tested = await run(promtool, ["test", "rules", "test.yaml"], { cwd: folder });
      assert.equal(tested?.code, 0, tested?.text);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
