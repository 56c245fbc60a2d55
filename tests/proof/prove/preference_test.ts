import assert from "node:assert/strict";
import * as bad from "../model/bad_preferences.ts";
import type { Promised } from "../model/checks.ts";
import { type Design, SHIPPED } from "../model/design.ts";
import { explore } from "./explore.ts";
import { PREFERENCE_SCOPES, type Scope } from "./scope.ts";

function scopeOf(name: string): Scope {
  const scope = PREFERENCE_SCOPES.find((scope) => scope.name === name);
  assert.ok(scope, name);
  return scope;
}

/** A world of requests that is explored within seconds. */
const SMALL: Scope = { ...scopeOf("git: requests"), faults: 2, reaches: [] };

Deno.test("explore() finds nothing wrong with requests in a small world", () => {
  const { failure, states } = explore(SMALL, SHIPPED);
  assert.equal(failure, undefined);
  assert.ok(states > 10_000, String(states));
});

const KILLED_BY: readonly [Design, Promised, Scope][] = [
  [bad.REQUEST_RESTARTS_WAIT, "a first sight counts", SMALL],
  [bad.REQUEST_IS_OUTCOME, "a request is not an outcome", scopeOf("git: requests")],
  [bad.NAME_SURVIVES, "a name is carried to its term's end", SMALL],
  [bad.REQUEST_IS_IGNORED, "who is asked hands over", SMALL],
  [bad.NO_TURNS, "a claim waits its turn", SMALL],
  [bad.ALWAYS_READY, "who is not ready does not lead", scopeOf("git: readiness")],
  [bad.FAILBACK_AT_ONCE, "failback takes its period", scopeOf("git: failback")],
];

for (const [design, promise, scope] of KILLED_BY) {
  Deno.test(`explore() shows that "${design.name}" breaks a promise: ${promise}`, () => {
    const { failure } = explore({ ...scope, reaches: [] }, design, promise);
    assert.equal(failure?.violation.promise, promise);
  });
}

Deno.test("explore() reaches no handover where a request is taken for a loss", () => {
  const scope: Scope = { ...SMALL, reaches: ["a request takes effect", "a term ends by handover"] };
  assert.deepEqual(explore(scope, SHIPPED).unreached, []);
  const { unreached } = explore(scope, bad.REQUEST_IS_LOSS);
  assert.deepEqual(unreached, ["a term ends by handover"]);
});
