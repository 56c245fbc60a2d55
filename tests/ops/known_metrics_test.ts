import assert from "node:assert/strict";
import { exportedMetrics, PENDING, unknownNames } from "./known_metrics.ts";

Deno.test("a metric that the program exports is no longer listed as pending", () => {
  const exported = exportedMetrics();
  const done = Object.keys(PENDING).filter((name) => exported.has(name));
  assert.deepEqual(done, [], "remove these from PENDING in tests/ops/known_metrics.ts");
});

Deno.test("unknownNames() finds metrics and labels that do not exist", () => {
  assert.deepEqual(
    unknownNames('sum by (lock) (leader_election_leader{identity=~"a|b"}) == 0'),
    [],
  );
  assert.deepEqual(unknownNames("leader_election_leaders"), ["leader_election_leaders"]);
  assert.deepEqual(unknownNames("max by (lok) (leader_election_leader)"), ["lok"]);
  assert.deepEqual(unknownNames('leader_election_leader{reason="x"}'), ["reason"]);
  assert.deepEqual(unknownNames('leader_election_terms_ended_total{reason!="x"}'), []);
  assert.deepEqual(unknownNames("a == 1 and on (job, pod) up"), ["pod"]);
});
