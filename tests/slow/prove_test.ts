import assert from "node:assert/strict";
import { SHIPPED } from "../proof/model/design.ts";
import { ACTION_KINDS } from "../proof/prove/actions.ts";
import { explore } from "../proof/prove/explore.ts";
import { SCOPES, SMALL_SCOPES } from "../proof/prove/scope.ts";
import { tell } from "../proof/prove/story.ts";
import { makeSetting } from "../proof/prove/setting.ts";

for (const scope of SMALL_SCOPES) {
  Deno.test(`explore() finds no broken promise in ${scope.name}, the gate's scope`, () => {
    const { failure, starts } = explore(scope, SHIPPED);
    assert.equal(failure && tell(makeSetting(scope, SHIPPED), failure).join("\n"), undefined);
    assert.ok(starts.length >= 3, `only ${starts.length} terms in a row were reached`);
  });
}

Deno.test("explore() finds no broken promise with a few faults in any scope, and takes every action", () => {
  const taken = new Set<string>();
  for (const scope of SCOPES) {
    // Where electors stop at any moment there are many more orders of events.
    const faults = scope.name.endsWith("stops") ? 1 : 2;
    const { failure, actions } = explore({ ...scope, faults, revisions: 3, ticks: 4 }, SHIPPED);
    assert.equal(failure?.violation.message, undefined, scope.name);
    for (const [kind, count] of actions) if (count > 0) taken.add(kind);
  }
  assert.deepEqual(ACTION_KINDS.filter((kind) => !taken.has(kind)), []);
});
