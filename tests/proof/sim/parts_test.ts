import assert from "node:assert/strict";
import { Violation } from "../model/checks.ts";
import { MachineClock } from "./machine_clock.ts";
import { Queue } from "./queue.ts";
import { Random } from "./random.ts";
import { FencedResource } from "./resource.ts";

Deno.test("Random draws the same numbers on any machine", () => {
  const random = new Random(1, 2);
  assert.deepEqual([0, 1, 2, 3].map(() => random.index(1_000)), [49, 240, 142, 380]);
});

Deno.test("Random draws other numbers for another seed, and for another stream", () => {
  const first = (seed: number, stream: number) => new Random(seed, stream).next();
  assert.equal(new Set([first(1, 1), first(1, 2), first(2, 1), first(2, 2)]).size, 4);
});

Deno.test("Queue runs the earliest first, and of two at one instant the one arranged first", () => {
  const queue = new Queue();
  const random = new Random(1, 1);
  const ran: [number, number][] = [];
  for (let order = 0; order < 500; order++) {
    const at = random.index(50);
    queue.add(at, () => ran.push([at, order]));
  }
  queue.add(Infinity, () => assert.fail("never"));
  while (queue.nextAt < Infinity) queue.run();
  const sorted = ran.toSorted(([at, order], [at2, order2]) => at - at2 || order - order2);
  assert.equal(ran.length, 500);
  assert.deepEqual(ran, sorted);
});

Deno.test("MachineClock keeps its readings where its rates change", () => {
  const clock = new MachineClock(100, 1_000);
  clock.rate = 2;
  clock.settle(50);
  clock.rate = 0.5;
  assert.equal(clock.monotonicAt(50), 200);
  assert.equal(clock.monotonicAt(60), 205);
  assert.equal(clock.wallAt(60), 1_060);
  assert.equal(clock.timeOf(210), 70.001);
});

Deno.test("MachineClock's monotonic clock stands still in suspension, both do where it is frozen", () => {
  const clock = new MachineClock(0, 0);
  clock.isSuspended = true;
  assert.equal(clock.monotonicAt(10), 0);
  assert.equal(clock.wallAt(10), 10);
  assert.equal(clock.timeOf(5), Infinity);
  clock.settle(10);
  clock.isSuspended = false;
  clock.isFrozen = true;
  assert.equal(clock.monotonicAt(30), 0);
  assert.equal(clock.wallAt(30), 10);
});

Deno.test("FencedResource refuses lower tokens, and finds two terms under one token", () => {
  const resource = new FencedResource();
  resource.arrive({ token: 2, session: 1, claimIndex: 5 });
  resource.arrive({ token: 1, session: 2, claimIndex: 9 });
  resource.arrive({ token: 2, session: 1, claimIndex: 5 });
  assert.equal(resource.refused, 1);
  assert.equal(resource.accepted, 2);
  assert.throws(() => resource.arrive({ token: 2, session: 3, claimIndex: 4 }), Violation);
  assert.throws(() => resource.arrive({ token: 3, session: 3, claimIndex: 4 }), Violation);
});
