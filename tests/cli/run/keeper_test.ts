import assert from "node:assert/strict";
import { Keeper } from "../../../cli/run/keeper.ts";
import type { GrantedTerm, KeeperMessage } from "../../../cli/run/messages.ts";
import { FakeClock, type SleepOptions } from "../../../lock/mod.ts";
import { FakeGroup } from "./fake_group.ts";

const GRACE = 500;
/** Looks come each 100 ms, and questions of a long term each 250 ms, at the nearest look. */
const DEADLINE = 2_000;
/** More starts than any test needs. */
const MOST_STARTS = 20;

class CountingClock extends FakeClock {
  sleeps = 0;
  override sleep(ms: number, options?: SleepOptions): Promise<void> {
    this.sleeps++;
    return super.sleep(ms, options);
  }
}

interface StageOptions {
  readonly handles?: Deno.Signal[];
  readonly start?: number;
  readonly hasNews?: boolean;
  readonly deadline?: number;
}

/** A keeper whose campaigner is the test. */
class Stage implements AsyncDisposable {
  readonly clock = new CountingClock();
  readonly group: FakeGroup;
  readonly sent: KeeperMessage[] = [];
  readonly keeper: Keeper;
  readonly events: string[] = [];
  onEvent = () => {};
  #answered = 0;
  dropped = 0;
  starts = 0;
  readonly questions: number[] = [];
  /** What the campaigner answers by itself: how long the term lasts, or `null` for no term. */
  answers: (() => number | null) | undefined;
  result: number | undefined | "running" = "running";

  constructor(
    { handles = ["SIGTERM"], start, hasNews = true, deadline = DEADLINE }: StageOptions = {},
  ) {
    this.group = new FakeGroup(this.clock, handles);
    this.keeper = new Keeper({
      clock: this.clock,
      grace: GRACE,
      renewDeadline: deadline,
      send: (message) => this.#receive(message),
      droppedLines: () => this.dropped,
      onLoss: (token) => this.#note(`loss ${token}`),
      onEnd: ({ token, cause, code, signal }) =>
        this.#note(`end ${token} ${cause} ${code} ${signal}`),
      onUnended: (token, group) => this.#note(`unended ${token} ${group}`),
      onStopped: (signal) => this.#note(`stopped ${signal}`),
      onFinish: () => this.#note("finish"),
      start: () => {
        this.starts++;
        // A loop of starts would never end.
        if (this.starts > MOST_STARTS) throw new Error("The command is started over and over");
        return start ?? { group: this.group, exited: this.group.exited };
      },
    });
    this.keeper.run().then((result) => this.result = result);
    if (hasNews) this.news();
  }

  /** A keeper whose command, stubborn by default, has run for 100 ms of a long term. */
  static async working(options: StageOptions = { handles: [] }): Promise<Stage> {
    const stage = new Stage(options);
    stage.grant(0, 10_000);
    await stage.clock.advance(100);
    return stage;
  }

  #receive(message: KeeperMessage): void {
    this.sent.push(message);
    if (message.type !== "ask") return;
    this.questions.push(this.clock.monotonic());
    const { answers } = this;
    if (!answers) return;
    queueMicrotask(() => {
      const remaining = answers();
      if (remaining === null) this.revoke();
      else this.grant(0, remaining);
    });
  }

  #note(event: string): void {
    this.events.push(event);
    this.onEvent();
  }

  /** The number of the question that waits for its answer. */
  get question(): number {
    const last = this.sent.findLast(({ type }) => type === "ask");
    return last?.type === "ask" ? last.n : 0;
  }

  news(): void {
    this.keeper.receive({ type: "changed" });
  }

  grant(token: number, remaining: number): void {
    this.#answer({ token, remaining, since: 0 });
  }

  revoke(): void {
    this.#answer(null);
  }

  /** An answer that nobody waits for would show nothing. */
  #answer(term: GrantedTerm | null): void {
    const n = this.question;
    assert.notEqual(n, this.#answered);
    this.#answered = n;
    this.keeper.receive({ type: "answer", n, term });
  }

  /** All that was sent, without the questions. */
  get reports(): KeeperMessage[] {
    return this.sent.filter(({ type }) => type !== "ask");
  }

  async end(): Promise<void> {
    this.keeper.onCampaignerGone();
    await this.clock.advance(5_000);
    assert.notEqual(this.result, "running");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

Deno.test("Keeper starts the command in a term, and sends its process group", async () => {
  await using stage = new Stage();
  stage.grant(3, 1_000);
  assert.equal(stage.starts, 1);
  assert.deepEqual(stage.reports, [{ type: "spawned", token: 3, pid: 4711 }]);
});

Deno.test("Keeper counts the deadline from its question, however late the answer comes", async () => {
  await using stage = new Stage({ handles: [] });
  await stage.clock.advance(300);
  stage.grant(0, 1_000);
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.group.timeline, ["1000 SIGTERM", "1500 SIGKILL"]);
});

Deno.test("Keeper moves the deadline with each answer", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(0, 1_000);
  await stage.clock.advance(700);
  stage.grant(0, 1_000);
  await stage.clock.advance(5_000);
  // The question under way was put at 200.
  assert.deepEqual(stage.group.timeline, ["1200 SIGTERM", "1700 SIGKILL"]);
});

Deno.test("Keeper starts no command in a term that expired on its way", async () => {
  await using stage = new Stage();
  await stage.clock.advance(1_000);
  stage.grant(0, 1_000);
  assert.equal(stage.starts, 0);
  assert.deepEqual(stage.reports, [{ type: "ended", token: 0, byItself: false }]);
});

Deno.test("Keeper never starts the same term twice", async () => {
  await using stage = new Stage();
  stage.grant(5, 1_000);
  await stage.clock.advance(150);
  stage.news();
  stage.revoke();
  await stage.clock.advance(150);
  stage.news();
  stage.grant(5, 1_000);
  assert.equal(stage.starts, 1);
});

Deno.test("Keeper ends the command at once when the campaigner says that the term has ended", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(0, 10_000);
  await stage.clock.advance(200);
  stage.news();
  stage.revoke();
  await stage.clock.advance(2_000);
  assert.deepEqual(stage.group.timeline, ["200 SIGTERM", "700 SIGKILL"]);
  assert.deepEqual(stage.reports.at(-1), { type: "ended", token: 0, byItself: false });
});

Deno.test("Keeper ignores an answer that is older than the change", async () => {
  await using stage = new Stage();
  const before = stage.question;
  stage.news();
  stage.keeper.receive({
    type: "answer",
    n: before,
    term: { token: 0, remaining: 1_000, since: 0 },
  });
  assert.equal(stage.starts, 0);
});

Deno.test("Keeper that was itself stopped counts the grace period from the deadline", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(0, 1_000);
  await stage.clock.advance(50);
  stage.clock.skip(1_200);
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.group.timeline, ["1250 SIGTERM", "1500 SIGKILL"]);
});

Deno.test("Keeper ends the command when the term has ended by the wall clock", async () => {
  await using stage = new Stage();
  stage.grant(0, 1_000);
  stage.clock.stepWall(1_000);
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["100 SIGTERM"]);
});

Deno.test("Keeper ends the command when the campaigner is gone, and has no exit code for it", async () => {
  await using stage = await Stage.working();
  stage.keeper.onCampaignerGone();
  await stage.clock.advance(499);
  assert.equal(stage.result, "running");
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["100 SIGTERM", "600 SIGKILL"]);
  assert.equal(stage.result, undefined);
});

Deno.test("Keeper returns the exit code of a command that ended on its own, once its children are gone", async () => {
  await using stage = await Stage.working();
  stage.group.endLeader(7);
  await stage.clock.advance(499);
  assert.deepEqual(stage.reports.map(({ type }) => type), ["spawned"]);
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["100 SIGTERM", "600 SIGKILL"]);
  assert.deepEqual(stage.reports.at(-1), { type: "ended", token: 0, byItself: true });
  await stage.end();
  assert.equal(stage.result, 7);
});

Deno.test("Keeper returns an exit code for a command that cannot be started", async () => {
  await using stage = new Stage({ start: 127 });
  stage.grant(0, 10_000);
  assert.deepEqual(stage.reports, [{ type: "ended", token: 0, byItself: true }]);
  await stage.end();
  assert.equal(stage.result, 127);
});

Deno.test("Keeper that is stopped passes the signal on, waits, and returns the command's exit code", async () => {
  await using stage = await Stage.working({ handles: ["SIGINT"] });
  stage.keeper.stop("SIGINT");
  assert.deepEqual(stage.group.timeline, ["100 SIGINT"]);
  await stage.clock.advance(100);
  assert.deepEqual(stage.reports.slice(1), [
    { type: "stop" },
    { type: "ended", token: 0, byItself: false },
  ]);
  await stage.end();
  assert.equal(stage.result, 143);
});

Deno.test("Keeper that was stopped starts no further command", async () => {
  await using stage = new Stage();
  stage.keeper.stop("SIGTERM");
  stage.grant(0, 10_000);
  assert.equal(stage.starts, 0);
});

Deno.test("Keeper asks no second question before the first is answered", async () => {
  await using stage = new Stage();
  await stage.clock.advance(10_000);
  assert.deepEqual(stage.sent, [{ type: "ask", n: 1 }]);
});

Deno.test("Keeper asks nothing and sets no timer while there is neither a term nor a command", async () => {
  await using stage = new Stage({ hasNews: false });
  await stage.clock.advance(3_600_000);
  assert.deepEqual([stage.sent, stage.clock.sleeps], [[], 0]);
  stage.news();
  stage.revoke();
  await stage.clock.advance(3_600_000);
  assert.deepEqual([stage.sent.length, stage.clock.sleeps], [1, 0]);
  stage.news();
  stage.grant(0, 1_000);
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.events, ["loss 0", "end 0 loss 143 SIGTERM"]);
  const { sent, clock: { sleeps } } = stage;
  const count = sent.length;
  await stage.clock.advance(3_600_000);
  assert.deepEqual([sent.length, stage.clock.sleeps], [count, sleeps]);
  // The next term is not missed.
  stage.news();
  stage.grant(1, 1_000);
  assert.equal(stage.starts, 2);
});

Deno.test("Keeper asks in a term each D/8, and each half of what remains of it, but no more often than each 100 ms", async () => {
  await using stage = new Stage({ handles: [] });
  stage.answers = () => 10_000;
  stage.grant(0, 10_000);
  await stage.clock.advance(1_000);
  assert.deepEqual(stage.questions, [0, 200, 400, 600, 800, 1_000]);
  // It is renewed no more: 150 are left, of which half is 75.
  stage.answers = () => 1_350 - stage.clock.monotonic();
  await stage.clock.advance(349);
  assert.deepEqual(stage.questions.slice(6), [1_200, 1_300]);
  stage.answers = () => null;
  await stage.clock.advance(1_000);
  assert.deepEqual(stage.group.timeline, ["1350 SIGTERM", "1850 SIGKILL"]);
});

Deno.test("Keeper finds a renewal shortly before the end of a long term", async () => {
  await using stage = new Stage({ deadline: 40_000 });
  stage.answers = () => 3_000 - stage.clock.monotonic();
  stage.grant(0, 3_000);
  await stage.clock.advance(2_750);
  assert.deepEqual(stage.questions, [0, 1_000, 2_000, 2_500, 2_750]);
  stage.answers = () => 30_000;
  await stage.clock.advance(20_000);
  assert.deepEqual(stage.group.timeline, []);
  // At the look of each second that is nearest to 5 s after the last question.
  assert.deepEqual(stage.questions.slice(5), [2_875, 8_000, 13_000, 18_000]);
});

Deno.test("Keeper asks on while it ends a command, or the campaigner would consider it stopped", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(0, 10_000);
  stage.news();
  stage.answers = () => null;
  stage.revoke();
  await stage.clock.advance(GRACE);
  assert.deepEqual(stage.questions, [0, 0, 200, 400]);
});

Deno.test("Keeper looks at both clocks each second, though it asks more rarely, and long before the deadline", async () => {
  await using stage = new Stage({ deadline: 40_000 });
  stage.answers = () => 40_000;
  stage.grant(0, 40_000);
  await stage.clock.advance(1_400);
  assert.deepEqual(stage.questions, [0]);
  stage.clock.stepWall(40_000);
  await stage.clock.advance(599);
  assert.deepEqual(stage.group.timeline, []);
  await stage.clock.advance(1);
  assert.deepEqual(stage.group.timeline, ["2000 SIGTERM"]);
});

Deno.test("Keeper that cannot end the command reports it, keeps the lock, and ends with 71", async () => {
  await using stage = new Stage({ handles: [] });
  stage.group.isProtected = true;
  stage.grant(0, 10_000);
  await stage.clock.advance(100);
  stage.keeper.stop("SIGTERM");
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.group.timeline.slice(0, 2), ["100 SIGTERM", "600 SIGKILL"]);
  assert.deepEqual(stage.reports.slice(1), [{ type: "stop" }, { type: "unended", token: 0 }]);
  assert.deepEqual(stage.events, ["finish", "unended 0 4711"]);
  await stage.end();
  assert.equal(stage.result, 71);
});

Deno.test("Keeper that cannot end a command whose lease has ended starts no other", async () => {
  await using stage = new Stage();
  stage.group.isProtected = true;
  stage.grant(0, 1_000);
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.events, ["loss 0", "unended 0 4711", "finish"]);
  stage.grant(1, 100_000);
  assert.equal(stage.starts, 1);
  await stage.end();
  assert.equal(stage.result, 71);
});

Deno.test("Keeper considers a command ended that is dead and not reaped", async () => {
  await using stage = new Stage({ handles: [] });
  stage.group.isZombie = true;
  stage.group.isProtected = true;
  stage.grant(0, 10_000);
  await stage.clock.advance(100);
  stage.group.endLeader(7);
  await stage.clock.advance(2_000);
  assert.deepEqual(stage.reports.at(-1), { type: "ended", token: 0, byItself: true });
  await stage.end();
  assert.equal(stage.result, 7);
});

Deno.test("Keeper reports how a command ended, and why", async () => {
  await using lost = new Stage();
  lost.grant(3, 1_000);
  await lost.clock.advance(2_000);
  assert.deepEqual(lost.events, ["loss 3", "end 3 loss 143 SIGTERM"]);

  await using killed = new Stage();
  killed.grant(3, 1_000);
  killed.group.end(137, "SIGKILL");
  await killed.clock.advance(100);
  assert.deepEqual(killed.events, ["end 3 itself 137 SIGKILL", "finish"]);

  await using stopped = new Stage();
  stopped.grant(3, 1_000);
  stopped.keeper.stop("SIGTERM");
  await stopped.clock.advance(100);
  assert.deepEqual(stopped.events, ["finish", "end 3 stop 143 SIGTERM"]);
});

Deno.test("Keeper ends the command before it reports, and though the report fails", async () => {
  await using stage = new Stage({ handles: [] });
  stage.onEvent = () => {
    stage.events.push(`${stage.group.timeline.length} signals`);
    throw new Error("No space left on device");
  };
  stage.grant(0, 1_000);
  await stage.clock.advance(5_000);
  assert.deepEqual(stage.group.timeline, ["1000 SIGTERM", "1500 SIGKILL"]);
  assert.deepEqual(stage.events, ["loss 0", "1 signals", "end 0 loss 137 SIGKILL", "2 signals"]);
});

Deno.test("Keeper treats a signal to the campaigner as one of its own", async () => {
  await using stage = await Stage.working({ handles: ["SIGINT"] });
  stage.keeper.receive({ type: "stopped", signal: "SIGINT" });
  await stage.clock.advance(100);
  assert.deepEqual(stage.group.timeline, ["100 SIGINT"]);
  assert.deepEqual(stage.events, ["finish", "stopped SIGINT", "end 0 stop 143 SIGINT"]);
  await stage.end();
  assert.equal(stage.result, 143);
});

Deno.test("Keeper that crashes kills the command if the campaigner is gone, and only then", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(0, 10_000);
  stage.keeper.abandon();
  assert.deepEqual(stage.group.timeline, []);
  stage.keeper.onCampaignerGone();
  stage.keeper.abandon();
  assert.deepEqual(stage.group.timeline, ["0 SIGTERM", "0 SIGKILL"]);
});

Deno.test("Keeper sends how many log lines it has dropped, and keeps the exit code that it receives", async () => {
  await using stage = new Stage();
  assert.deepEqual(stage.sent, [{ type: "ask", n: 1 }]);
  stage.dropped = 3;
  stage.news();
  assert.deepEqual(stage.sent.at(-1), { type: "ask", n: 2, dropped: 3 });
  assert.equal(stage.keeper.campaignerCode, undefined);
  stage.keeper.receive({ type: "over", code: 76 });
  assert.equal(stage.keeper.campaignerCode, 76);
});

Deno.test("Keeper is sound while the campaigner answers, and no command runs past its term", async () => {
  await using stage = new Stage({ handles: [] });
  const isSound = () => stage.keeper.isSound(1_000);
  assert.equal(isSound(), false);
  stage.revoke();
  assert.equal(isSound(), true);
  await stage.clock.advance(1_050);
  // A campaigner that hangs, or is stopped, answers nothing.
  assert.equal(isSound(), false);
  stage.grant(1, 3_000);
  await stage.clock.advance(1_050);
  assert.equal(isSound(), false);
  stage.grant(1, 2_000);
  assert.equal(isSound(), true);
  // The command of a term that is over is being ended: what hangs now must be noticed in time.
  await stage.clock.advance(100);
  stage.revoke();
  assert.equal(isSound(), false);
  await stage.clock.advance(100);
  stage.revoke();
  assert.equal(isSound(), false);
  await stage.clock.advance(GRACE);
  stage.revoke();
  assert.equal(isSound(), true);
  await stage.end();
  assert.equal(isSound(), false);
});

Deno.test("Keeper is not healthy once a term has expired with its command still there, however recent its last answer", async () => {
  await using stage = new Stage({ handles: [] });
  stage.grant(1, 90);
  assert.equal(stage.keeper.isSound(1_000), true);
  await stage.clock.advance(95);
  assert.equal(stage.keeper.isSound(1_000), false);
});

Deno.test("Keeper counts a campaigner's sign of life from its own question, not from the answer", async () => {
  await using stage = new Stage();
  await stage.clock.advance(1_500);
  // The answer to the first question, which lay in the pipe.
  stage.revoke();
  assert.equal(stage.keeper.isSound(1_000), false);
});
