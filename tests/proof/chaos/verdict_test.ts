import assert from "node:assert/strict";
import type { Span } from "./beats.ts";
import { judge, type Strike } from "./verdict.ts";

const BOUND = 1_000;

function span(token: number, first: number, last: number): Span {
  return { token, name: `c${token}`, pid: 100 + token, first, last };
}

function strike(kind: string, from: number, to: number, hindersAll = false): Strike {
  return { kind, from, to, hindersAll };
}

Deno.test("judge() finds nothing wrong with commands that follow each other in time", () => {
  const spans = [span(1, 0, 500), span(2, 600, 900), span(4, 1_900, 2_000)];
  const { broken, failovers } = judge(spans, [strike("kill keeper", 800, 850)], BOUND);
  assert.deepEqual(broken, []);
  assert.deepEqual(failovers, [
    { kind: "the start", token: 2, gap: 100, counted: 100, isClean: false },
    { kind: "kill keeper", token: 4, gap: 1_000, counted: 1_000, isClean: false },
  ]);
});

Deno.test("judge() finds two commands at once, also where a third came between", () => {
  const { broken } = judge([span(1, 0, 900), span(2, 500, 600), span(3, 899, 990)], [], BOUND);
  assert.deepEqual(broken, [
    "Two commands at once: c1 with token 1 from 0 to 900 ms, and c2 with token 2 from 500 to 600 ms",
    "Two commands at once: c1 with token 1 from 0 to 900 ms, and c3 with token 3 from 899 to 990 ms",
  ]);
});

Deno.test("judge() finds a token that did not rise", () => {
  const spans = [span(7, 0, 100), { ...span(7, 200, 300), pid: 1 }, span(6, 400, 500)];
  assert.deepEqual(judge(spans, [], BOUND).broken, [
    "The token did not rise: c7 with token 7 from 0 to 100 ms, then c7 with token 7 from 200 to 300 ms",
    "The token did not rise: c7 with token 7 from 200 to 300 ms, then c6 with token 6 from 400 to 500 ms",
  ]);
});

Deno.test("judge() finds a failover that took too long, less the time in which no candidate could lead", () => {
  const spans = [span(1, 0, 100), span(2, 1_101, 1_200)];
  const late = 'A failover took 1001 ms after "cut off": c2 with token 2 from 1101 to 1200 ms';
  assert.deepEqual(judge(spans, [strike("cut off", 90, 300)], BOUND).broken, [late]);
  assert.deepEqual(judge(spans, [strike("cut off", 90, 300, true)], BOUND).broken, []);
  // A fault that was over before, or came after, is no excuse.
  const elsewhere = [strike("cut off", 50, 99, true), strike("slow", 1_150, 1_190, true)];
  assert.deepEqual(judge(spans, elsewhere, BOUND).broken, [late]);
});

Deno.test("judge() expects another leader sooner where the lock was released", () => {
  const spans = [span(1, 0, 100), span(2, 601, 700)];
  const clean: Strike = { ...strike("terminate", 50, 60), isClean: true };
  const late = 'A failover took 501 ms after "terminate": c2 with token 2 from 601 to 700 ms';
  assert.deepEqual(judge(spans, [clean], BOUND, 500).broken, [late]);
  assert.deepEqual(judge(spans, [clean], BOUND, 501).broken, []);
  // What had ended before was not ended by it.
  const after = { ...clean, from: 250, to: 260 };
  assert.deepEqual(judge(spans, [after], BOUND, 500).broken, []);
});
