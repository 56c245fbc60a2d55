import type { Mutant } from "../mutant.ts";

/**
 * Designs that look right, and are not: each in the place of the rule that it breaks, with the first seed of the full-stack
 * simulation that shows it.
 */
export const DESIGNS: readonly Mutant[] = [
  {
    bug: "client-go: the deadline counts from when the answer came",
    file: "elector/machine/answers.ts",
    text: 'else if (state.lease || call.purpose !== "renew") hold(turn, write);',
    replacement:
      'else if (state.lease || call.purpose !== "renew") hold(turn, { ...write, sentAt: { monotonic: now.monotonic, wall: now.wall } });',
    killedBy: {
      file: "tests/proof/mutants/late_answer_test.ts",
      test: "a leader that is cut off after a late answer is over before another leads",
    },
  },
  {
    bug: "client-go: the lock is released first, and the work ends when it likes",
    file: "elector/campaign/term_work.ts",
    text: "this.settle(Promise.all([this.unsettled, cleanUp]));",
    replacement: "this.settle(cleanUp);",
    killedBy: { seed: 2 },
  },
  {
    bug: "client-go: a release is written over whatever is there by then",
    file: "elector/machine/answers.ts",
    text: 'if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");',
    replacement:
      'if (!holds && !turn.state.stopping) giveUpLease(turn, mine ? "stopped" : "lost");',
    killedBy: { seed: 2 },
  },
  {
    bug: "client-go: a leader that reads another holder works on until its deadline",
    file: "elector/machine/answers.ts",
    text: 'if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");',
    replacement: 'if (!holds && !turn.state.lease) giveUpLease(turn, mine ? "stopped" : "lost");',
    killedBy: { seed: 1 },
  },
  {
    bug: "a 200 means that I won",
    file: "gist/rest/store.ts",
    text: "if (await this.#log.content(successor, options) !== content) {",
    replacement: "if (successor === undefined) {",
    killedBy: { seed: 3 },
  },
  {
    bug: "the newest revision is the one that counts",
    file: "gist/rest/in_effect.ts",
    text: "if (base !== undefined) return base === revision.predecessor;",
    replacement: "if (base !== undefined) return true;",
    killedBy: { seed: 1 },
  },
  {
    bug: "a lease ends L after its renewTime, by the reader's wall clock",
    file: "elector/machine/answers.ts",
    text: "return onFound(turn, call, seenIn(observed), observed);",
    replacement:
      "const renewed = (observed.record.renewTime ?? 0) - turn.now.wall;\n      const seen = seenIn(observed);\n      const duration = Math.max(0, seen.duration + renewed);\n      return onFound(turn, call, { ...seen, duration }, observed);",
    killedBy: { seed: 1 },
  },
  {
    bug: "a push with force: the last writer wins",
    file: "gist/git/store.ts",
    text: "{ ref, oldId: seen.head, newId",
    replacement: "{ ref, oldId: (await this.#reader.load(options)).head, newId",
    killedBy: { seed: 2 },
  },
  {
    bug: "a monotonic clock is enough",
    file: "elector/machine/lease.ts",
    text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
    replacement: "return timings.renewDeadline - (now.monotonic - sentAt.monotonic);",
    killedBy: { seed: 8 },
  },
  {
    bug: "the holder may lead for as long as the others wait",
    file: "elector/machine/lease.ts",
    text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
    replacement: "return timings.leaseDuration - elapsedSince(sentAt, now);",
    killedBy: { seed: 23 },
  },
];
