import assert from "node:assert/strict";
import * as bad from "../model/bad_designs.ts";
import type { Promised } from "../model/checks.ts";
import { type Design, SHIPPED } from "../model/design.ts";
import { explore } from "./explore.ts";
import { FAST_LEASE, type Scope, SMALL_SCOPES } from "./scope.ts";
import { tell } from "./story.ts";
import { makeSetting } from "./setting.ts";

Deno.test("explore() counts the same states and transitions each time", () => {
  const scope = { ...SMALL_SCOPES[0] as Scope, faults: 2 };
  assert.deepEqual(explore(scope, SHIPPED), explore(scope, SHIPPED));
});

Deno.test("explore() finds two leaders as soon as the guard is too small by the least there is", () => {
  const edge = { ...SMALL_SCOPES[0] as Scope, faults: 2, deadline: FAST_LEASE };
  assert.equal(explore(edge, SHIPPED).failure, undefined);
  const { failure } = explore({ ...edge, deadline: FAST_LEASE + 1 }, SHIPPED);
  assert.equal(failure?.violation.promise, "one valid term");
});

/** A world of answers that are made of two instants. */
const MIXED: Partial<Scope> = { protocol: "rest", mixes: true, copies: false };

const KILLED_BY: readonly [Design, Promised, Partial<Scope>][] = [
  [bad.DEADLINE_FROM_ANSWER, "a term counts from its write", {}],
  [bad.RELEASE_BEFORE_SETTLED, "a release follows the work", { stops: 1, lingeringWork: true }],
  [bad.RELEASE_OVER_SUCCESSOR, "a release is of its own", { stops: 1 }],
  [bad.SUCCESS_MEANS_WON, "a term starts in effect", { protocol: "rest" }],
  [bad.TRUST_RENEW_TIME, "one valid term", {}],
  [bad.ACTS_BEFORE_START, "nothing outside a campaign", {
    stops: 1,
    campaigns: 2,
    lingeringWork: true,
    faults: 1,
  }],
  [bad.HEARSAY_OF_RIVALS, "one valid term", {
    ...MIXED,
    edits: ["late forced release"],
  }],
  [bad.HEARSAY_OF_OWN_CLAIMS, "one valid term", { ...MIXED, faults: 1 }],
  [bad.HEARSAY_OF_RENEWALS, "one valid term", {
    ...MIXED,
    staleness: 0,
    strays: 0,
    edits: ["another file"],
    faults: 4,
  }],
];

for (const [design, promise, change] of KILLED_BY) {
  Deno.test(`explore() shows that "${design.name}" breaks a promise: ${promise}`, () => {
    const scope = { ...SMALL_SCOPES[0] as Scope, faults: 3, ...change };
    const { failure } = explore(scope, design, promise);
    assert.equal(failure?.violation.promise, promise);
  });
}

Deno.test("the table of bad designs names each of them", () => {
  assert.deepEqual(new Set(KILLED_BY.map(([design]) => design)), new Set(Object.values(bad)));
});

Deno.test("tell() describes the way to two leaders as a story", () => {
  const scope = { ...SMALL_SCOPES[0] as Scope, faults: 2 };
  const { failure } = explore(scope, bad.TRUST_RENEW_TIME, "one valid term");
  assert.ok(failure);
  assert.deepEqual(tell(makeSetting(scope, bad.TRUST_RENEW_TIME), failure), [
    "Clocks: A slow by 2.5 %, B fast by 2.5 %. A lease is 4 ticks on a fast clock.",
    "  [0] A: read is answered from r0: absent → A sends a create",
    "  [0] A: create arrives (base r0, token 1) → r1 takes effect (r1, held by A, token 1)",
    "  [0] B: read is answered from r1: r1 is held by A, token 1 → B takes r1 for the newest",
    "  [0] a tick",
    "  [1] A: create is answered from r1: r1 is held by A, token 1 → A LEADS, term 1; A sends a renew; A takes r1 for the newest",
    "  [1] a tick",
    "  [2] B: timer → B sends a read",
    "  [2] B: read is answered from r1: r1 is held by A, token 1 → B sends a claim",
    "  [2] B: claim arrives (base r1, token 2) → r2 takes effect (r2, held by B, token 2)",
    "  [2] B: claim is answered from r2: r2 is held by B, token 2",
    "BROKEN  one valid term: B leads while A's term 1 is valid",
  ]);
});
