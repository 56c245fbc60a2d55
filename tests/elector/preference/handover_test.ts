import assert from "node:assert/strict";
import { TermEndedError } from "../../../elector/mod.ts";
import { UnknownOutcomeError } from "../../../lock/mod.ts";
import { afterwards, untilAborted } from "../candidate.ts";
import { on } from "../probe_lock.ts";
import { Crowd, H, held } from "./crowd.ts";

Deno.test("a leader that is asked ends its term at its next renewal, and the named candidate leads", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home");
  // The others do not look at the very instant of a renewal.
  await crowd.advance(100);
  const away = await crowd.run("away", { rank: 2 });
  await crowd.run("third");
  await crowd.advance(16_000);
  assert.equal(await crowd.ask("away"), "requested");
  assert.equal(home.elector.isLeader(), true);
  assert.equal(home.elector.status().preferredHolder, "");
  await crowd.advance(13_950);
  assert.ok(home.events.includes("30000 stopped 1 handover"));
  assert.equal(crowd.record?.preferredHolder, "away");
  assert.equal((await crowd.next(10_000))?.who, "away");
  assert.equal(away.term.token, 2);
  // A claim begins a term that no request has asked for.
  assert.equal(crowd.record?.preferredHolder, "");
  await crowd.advance(300_000);
  assert.equal(away.elector.isLeader(), true);
});

Deno.test("handover() ends the term at once, and the named candidate leads", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home");
  await crowd.run("away", { rank: 1 });
  await crowd.run("third");
  assert.equal(home.elector.handover("away"), true);
  await crowd.advance(0);
  assert.ok(home.events.includes("0 stopped 1 handover"));
  const next = await crowd.next(10_000);
  assert.equal(next?.who, "away");
  assert.ok(next.after <= 5_000);
});

Deno.test("a handover to oneself ends no term, locally or on request", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home");
  assert.equal(home.elector.handover("home"), false);
  assert.equal(await crowd.ask("home"), "leads already");
  await crowd.write({ ...crowd.record, preferredHolder: "home" });
  await crowd.advance(100_000);
  assert.equal(home.elector.isLeader(), true);
  assert.deepEqual(home.terms.length, 1);
  assert.equal(crowd.record?.preferredHolder, "");
});

Deno.test("handover() refuses what is not an identity, and does nothing for a follower", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home");
  const away = await crowd.run("away");
  assert.equal(away.elector.handover("away"), false);
  assert.equal(away.elector.handover("home"), false);
  assert.throws(() => home.elector.handover(""), RangeError);
  assert.throws(() => home.elector.handover("a".repeat(129)), RangeError);
  assert.throws(() => home.elector.handover(7 as unknown as string), TypeError);
  await crowd.advance(60_000);
  assert.equal(home.elector.isLeader(), true);
});

Deno.test("the last name that was seen goes into every write until the release", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home", { work: afterwards(() => crowd.clock.sleep(25_000)) });
  await crowd.ask("one");
  await crowd.advance(15_000);
  assert.ok(home.events.includes("15000 stopped 1 handover"));
  await crowd.advance(1_000);
  assert.equal(await crowd.ask("two"), "requested");
  await crowd.advance(15_000);
  assert.equal(crowd.record?.preferredHolder, "two");
  assert.equal(crowd.record?.requestedBy, undefined);
  await crowd.advance(10_000);
  const { holderIdentity, preferredHolder } = crowd.record ?? {};
  assert.deepEqual([holderIdentity, preferredHolder], ["", "two"]);
});

for (const [whose, name] of [["a request", "away"], ["a request for itself", "home"]] as const) {
  Deno.test(`a claim that comes back with ${whose} on top begins ${name === "home" ? "its" : "no"} term`, async () => {
    await using crowd = new Crowd();
    const home = crowd.make("home");
    home.lock.fate = on("create", { after: 1_000, lose: new UnknownOutcomeError("lost") });
    await home.run();
    await crowd.advance(500);
    await crowd.write({ ...crowd.record, preferredHolder: name, requestedBy: "an operator" });
    await crowd.advance(600);
    home.shows({ isLeader: name === "home", terms: name === "home" ? 1 : 0 });
    const { holderIdentity, preferredHolder } = crowd.record ?? {};
    if (name === "away") assert.deepEqual([holderIdentity, preferredHolder], ["", "away"]);
  });
}

for (const key of ["x".repeat(129), "y".repeat(60_000), "tab\tbed", "\u0000", "a\u009fb"]) {
  const name = key.length > 20 ? `${key.length} characters` : JSON.stringify(key);
  Deno.test(`a name that is not an identity asks for nothing and is never carried on: ${name}`, async () => {
    await using crowd = new Crowd();
    const home = await crowd.run("home");
    await crowd.write({ ...crowd.record, preferredHolder: key, requestedBy: "x" });
    await crowd.advance(15_000);
    assert.equal(home.elector.isLeader(), true);
    await crowd.advance(15_000);
    assert.equal(crowd.record?.preferredHolder, "");
    // Nor does it cost a follower anything.
    await crowd.write({ ...crowd.record, preferredHolder: key });
    await home.stop();
    await crowd.write({ leaderTransitions: 9, preferredHolder: key });
    await crowd.run("away");
    assert.equal((await crowd.next(100_000))?.after, 0);
  });
}

Deno.test("a name that is the holder's own costs a follower nothing", async () => {
  await using crowd = new Crowd();
  await crowd.write(held({ preferredHolder: "bing" }));
  await crowd.run("baz");
  assert.deepEqual(await crowd.next(100_000), { who: "baz", after: 60_000 });
});

Deno.test("a dead name costs a third candidate of rank 0 at most 1.5 P", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home");
  await crowd.run("third");
  home.elector.handover("dead");
  const next = await crowd.next(100_000);
  assert.equal(next?.who, "third");
  assert.ok(next.after <= 5_000 + H + 100, String(next.after));
  assert.ok(next.after >= H, String(next.after));
});

for (const rank of [0, 1, 3]) {
  Deno.test(`a dead name costs (rank + 2) × 1.5 P where only the old leader, of rank ${rank}, is left`, async () => {
    await using crowd = new Crowd();
    const home = await crowd.run("home", { rank });
    await crowd.advance(rank * H);
    home.elector.handover("dead");
    await crowd.advance(0);
    assert.deepEqual(await crowd.next(100_000), { who: "home", after: (rank + 2) * H });
  });
}

Deno.test("who handed over holds back no longer once the named candidate has led", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home", { rank: 4 });
  await crowd.advance(4 * H);
  const away = crowd.make("away");
  home.elector.handover("away");
  await crowd.advance(0);
  await away.run();
  assert.equal(away.elector.isLeader(), true);
  await crowd.advance(6_000);
  await away.stop();
  crowd.all.splice(crowd.all.indexOf(away), 1);
  // 1.5 P for each rank from its sight of the release: that is earlier than its hold-back would end.
  const next = await crowd.next(100_000);
  assert.ok(next && next.after <= 4 * H + 5_000, String(next?.after));
});

Deno.test("who handed over holds back though a request is put on its last record", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home", { work: afterwards(() => crowd.clock.sleep(30_500)) });
  // The work outlives its drain, so that the lease is given up at 30 s, and left to expire.
  home.elector.handover("dead");
  await crowd.advance(31_000);
  assert.equal(await crowd.ask("another"), "requested");
  await crowd.advance(5_500);
  await crowd.write({ leaderTransitions: 0, session: "by force" });
  const next = await crowd.next(60_000);
  assert.ok(next && next.after >= 30_000 + 2 * H - 36_500, String(next?.after));
});

Deno.test("handover() under lead() ends it with TermEndedError, released", async () => {
  await using crowd = new Crowd();
  const home = crowd.make("home");
  await home.lead(untilAborted);
  assert.equal(home.elector.handover("away"), true);
  await crowd.advance(30_000);
  assert.ok(home.outcome instanceof TermEndedError);
  assert.equal(home.outcome.reason, "handover");
  assert.equal(crowd.record?.holderIdentity, "");
});

Deno.test("what work throws after a handover goes to onError, and the campaign goes on", async () => {
  await using crowd = new Crowd();
  const home = await crowd.run("home", {
    work: afterwards(() => Promise.reject(new Error("a late failure"))),
  });
  home.elector.handover("away");
  await crowd.advance(1_000);
  assert.equal(home.outcome, "running");
  assert.deepEqual(home.errors.map((error) => (error as Error).message), ["a late failure"]);
});

Deno.test("a forced release clears the name that was asked for", async () => {
  await using crowd = new Crowd();
  await crowd.write(held({ preferredHolder: "dead", requestedBy: "x" }));
  await crowd.run("baz");
  await crowd.write({ leaderTransitions: 4, session: "by force", sequence: 1 });
  const next = await crowd.next(100_000);
  assert.ok(next && next.after <= 5_000, String(next?.after));
});
