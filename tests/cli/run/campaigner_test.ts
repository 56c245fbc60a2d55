import assert from "node:assert/strict";
import { Campaigner } from "../../../cli/run/campaigner.ts";
import type { CampaignerMessage } from "../../../cli/run/messages.ts";
import { Candidate } from "../../elector/candidate.ts";
import { FakeGroup } from "./fake_group.ts";

const GRACE = 500;
const STALL = 2_000;

/** A campaigner with a real elector (D 40 s) on a lock in memory; its keeper is the test. */
class Stage implements AsyncDisposable {
  readonly sent: CampaignerMessage[] = [];
  readonly stops: string[] = [];
  resigned: boolean | undefined;
  readonly candidate: Candidate;
  readonly group: FakeGroup;
  readonly campaigner: Campaigner;

  constructor() {
    this.candidate = new Candidate({
      work: (term) => this.campaigner.lead(term).then(() => this.candidate.note("settled")),
    });
    this.group = new FakeGroup(this.clock);
    this.campaigner = new Campaigner({
      clock: this.clock,
      grace: GRACE,
      stallTimeout: STALL,
      send: (message) => this.sent.push(message),
      group: () => this.group,
      resign: () => {
        this.resigned = this.candidate.elector.stepDown();
      },
      stop: (why) => {
        this.stops.push(`${this.clock.monotonic()} ${why}`);
        this.candidate.stop();
      },
    });
  }

  /** A stage where a term has begun. */
  static async leading(): Promise<Stage> {
    const stage = new Stage();
    await stage.candidate.run();
    return stage;
  }

  /** A stage whose keeper was granted the term. */
  static async granted(): Promise<Stage> {
    const stage = await Stage.leading();
    stage.ask();
    return stage;
  }

  /** A stage whose keeper has started the command of the term. */
  static async working(): Promise<Stage> {
    const stage = await Stage.granted();
    stage.spawned();
    return stage;
  }

  get clock() {
    return this.candidate.clock;
  }

  get holder(): string | undefined {
    return this.candidate.record?.holderIdentity;
  }

  spawned(): void {
    this.campaigner.receive({ type: "spawned", token: 1, pid: 4711 });
  }

  /** The keeper has ended the command of a term. */
  async ended(token = 1, byItself = false): Promise<void> {
    this.campaigner.receive({ type: "ended", token, byItself });
    await this.clock.advance(0);
  }

  /** The keeper asks, and gets its answer's term. */
  ask() {
    this.campaigner.receive({ type: "ask", n: 1 });
    const answer = this.sent.at(-1);
    assert.equal(answer?.type, "answer");
    return answer.term;
  }

  /** The keeper asks in time for so long. */
  async askFor(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.clock.advance(Math.min(500, left));
      this.ask();
    }
  }

  get settled(): string[] {
    return this.candidate.events.filter((event) => event.endsWith("settled"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.candidate.end();
  }
}

Deno.test("Campaigner grants a term while it lasts, and none before and after it", async () => {
  await using stage = new Stage();
  assert.equal(stage.ask(), null);
  await stage.candidate.run();
  assert.deepEqual(stage.sent.at(-1), { type: "changed" });
  await stage.askFor(500);
  assert.deepEqual(stage.ask(), {
    token: 1,
    remaining: 39_500,
    since: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
  stage.candidate.stop();
  assert.deepEqual(stage.sent.at(-1), { type: "changed" });
  assert.equal(stage.ask(), null);
});

Deno.test("Campaigner holds the lock until the command is gone", async () => {
  await using stage = await Stage.working();
  stage.campaigner.receive({ type: "stop" });
  await stage.clock.advance(400);
  assert.equal(stage.holder, "baz");
  await stage.ended();
  assert.equal(stage.holder, "");
  assert.deepEqual(stage.group.timeline, []);
});

Deno.test("Campaigner ends the campaign when the command ended on its own", async () => {
  await using stage = await Stage.granted();
  await stage.ended(1, true);
  assert.deepEqual(stage.stops, ["0 finished"]);
  assert.equal(stage.candidate.outcome, "ended");
  assert.equal(stage.holder, "");
});

Deno.test("Campaigner resigns a term that goes on though its command was ended", async () => {
  await using stage = await Stage.working();
  await stage.clock.advance(400);
  await stage.ended();
  assert.equal(stage.resigned, true);
  assert.deepEqual(stage.stops, []);
  assert.equal(stage.holder, "");
  assert.equal(stage.candidate.outcome, "running");
});

Deno.test("Campaigner does not resign for a command of an earlier term", async () => {
  await using stage = await Stage.granted();
  await stage.ended(-1);
  assert.equal(stage.resigned, undefined);
  assert.equal(stage.holder, "baz");
});

Deno.test("Campaigner does not wait for the command of a term that the keeper was never granted", async () => {
  await using stage = await Stage.leading();
  stage.candidate.stop();
  await stage.clock.advance(0);
  assert.deepEqual(stage.settled, ["0 settled"]);
});

Deno.test("Campaigner kills the command that a late keeper has not ended", async () => {
  await using stage = await Stage.working();
  stage.candidate.stop();
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.group.timeline, ["550 SIGKILL"]);
  assert.deepEqual(stage.settled, ["550 settled"]);
});

Deno.test("Campaigner ends the command and resigns when the keeper is gone", async () => {
  await using stage = await Stage.working();
  await stage.clock.advance(100);
  stage.campaigner.onKeeperGone();
  await stage.clock.advance(499);
  assert.equal(stage.holder, "baz");
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["100 SIGTERM", "600 SIGKILL"]);
  assert.deepEqual(stage.stops, ["600 keeper gone"]);
  assert.equal(stage.holder, "");
  assert.equal(stage.ask(), null);
});

Deno.test("Campaigner considers a silent keeper stopped", async () => {
  await using stage = await Stage.working();
  await stage.askFor(10_000);
  assert.deepEqual(stage.stops, []);
  await stage.clock.advance(STALL);
  assert.deepEqual(stage.stops, []);
  await stage.clock.advance(STALL / 4);
  assert.deepEqual(stage.group.timeline, ["12500 SIGTERM"]);
  // If it wakes up now, it is granted no term, although the term goes on.
  assert.equal(stage.candidate.elector.isLeader(), true);
  assert.equal(stage.ask(), null);
  await stage.clock.advance(GRACE);
  assert.deepEqual(stage.group.timeline, ["12500 SIGTERM", "13000 SIGKILL"]);
  assert.deepEqual(stage.stops, ["13000 keeper stopped"]);
  assert.equal(stage.holder, "");
});

Deno.test("Campaigner that was itself stopped does not consider the keeper stopped", async () => {
  await using stage = await Stage.granted();
  stage.clock.skip(3 * STALL);
  await stage.clock.advance(STALL / 2);
  assert.deepEqual(stage.stops, []);
  stage.ask();
});

Deno.test("Campaigner holds the lock while a stopped keeper may still start the command", async () => {
  await using stage = await Stage.leading();
  assert.equal(stage.ask()?.remaining, 40_000);
  // The keeper is stopped before it has read the answer. It will find it, with the question's own time.
  stage.candidate.elector.stepDown();
  await stage.clock.advance(GRACE + 1_000);
  assert.deepEqual(stage.settled, []);
  assert.equal(stage.holder, "baz");
  // It goes on, and starts the command; the term is over.
  stage.spawned();
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["1550 SIGKILL"]);
  assert.equal(stage.holder, "");
});

Deno.test("Campaigner waits no longer than the keeper may start the command", async () => {
  await using stage = await Stage.leading();
  await stage.askFor(8_000);
  const asked = stage.ask()?.remaining ?? NaN;
  stage.candidate.elector.stepDown();
  await stage.clock.advance(asked + 1_000);
  assert.equal(stage.settled.length, 1);
  assert.ok(Number(stage.settled[0]?.split(" ")[0]) >= 8_000 + asked, stage.settled[0]);
});

Deno.test("Campaigner releases nothing under a command that the keeper cannot end", async () => {
  await using stage = await Stage.working();
  stage.candidate.stop();
  stage.campaigner.receive({ type: "unended", token: 1 });
  await stage.clock.advance(400);
  assert.deepEqual(stage.stops, ["0 unended"]);
  assert.deepEqual(stage.settled, []);
  assert.equal(stage.holder, "baz");
});

Deno.test("Campaigner that cannot end the command of a keeper that is gone, or late, releases nothing", async () => {
  for (const isGone of [true, false]) {
    await using stage = await Stage.working();
    stage.group.isProtected = true;
    if (isGone) stage.campaigner.onKeeperGone();
    else stage.candidate.elector.stepDown();
    await stage.clock.advance(5_000);
    assert.deepEqual(stage.stops.map((stop) => stop.replace(/^\d+ /, "")), ["unended alone"]);
    assert.deepEqual(stage.settled, []);
    assert.equal(stage.holder, "baz");
  }
});

Deno.test("Campaigner knows how many log lines the keeper has dropped", async () => {
  await using stage = await Stage.leading();
  assert.equal(stage.campaigner.droppedLines, 0);
  stage.campaigner.receive({ type: "ask", n: 1, dropped: 5 });
  assert.equal(stage.campaigner.droppedLines, 5);
});
