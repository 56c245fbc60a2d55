import assert from "node:assert/strict";
import { forceRelease, highestToken, refuseMoved } from "../../../cli/actions/forced_release.ts";
import { type Found, inspect } from "../../../cli/actions/stored.ts";
import { LeaderElector } from "../../../elector/mod.ts";
import { GistLock, type Protocol } from "../../../gist/mod.ts";
import { GitStore } from "../../../gist/git/store.ts";
import { RestStore } from "../../../gist/rest/store.ts";
import type { Store } from "../../../store/mod.ts";
import { type Fault, faults, GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import { FakeClock, parseRecord } from "../../../lock/mod.ts";
import { nextTurn } from "../../../lock/system.ts";
import { until } from "../../support/elector_process.ts";
import { GONE_HOLDER as HELD } from "../../support/gone_holder.ts";

const FILE = "leader-election.json";
const PROTOCOLS: readonly Protocol[] = ["git", "rest"];

/** A gist in this process, in virtual time, and the operator's store. */
class Stage {
  readonly clock = new FakeClock();
  readonly server = new GistServer({ clock: this.clock });
  readonly gist: string;
  readonly store: Store;

  constructor(readonly protocol: Protocol, content = "{}") {
    this.gist = this.server.createGist({ [FILE]: content });
    const options = this.#options();
    this.store = protocol === "git" ? new GitStore(options) : new RestStore(options);
  }

  #options() {
    const { gist: id, server: { fetch }, clock } = this;
    return { id, token: LOCAL_TOKEN, fetch, clock };
  }

  lock(identity: string): GistLock {
    return new GistLock({ ...this.#options(), identity, protocol: this.protocol });
  }

  get record() {
    return parseRecord(this.server.revisions(this.gist)[0]?.files[FILE] ?? "");
  }

  get head(): string {
    return this.server.revisions(this.gist)[0]?.version ?? "";
  }

  inspect(): Promise<Found> {
    return inspect(this.store, () => Promise.resolve(this.head));
  }

  async release(token: number, shown?: Found): Promise<boolean> {
    return await forceRelease(this.store, {
      shown: shown ?? await this.inspect(),
      token,
      now: this.clock.wall(),
      inspect: () => this.inspect(),
    });
  }
}

for (const protocol of PROTOCOLS) {
  Deno.test(`forceRelease() by ${protocol} keeps the token, and nothing else of the holder's record`, async () => {
    const stage = new Stage(protocol, HELD);
    assert.equal(await stage.release(41), true);
    const { session, base: _, ...record } = stage.record;
    assert.deepEqual(record, {
      holderIdentity: "",
      leaseDurationSeconds: 1,
      acquireTime: stage.clock.wall(),
      renewTime: stage.clock.wall(),
      leaderTransitions: 41,
      preferredHolder: "",
      strategy: "",
      sequence: 1,
      protocol,
    });
    assert.match(session ?? "", /^[0-9a-f]{32}$/);
  });

  Deno.test(`a holder by ${protocol} whose renewal has an unknown outcome does not take the released record for its own`, async () => {
    const stage = new Stage(protocol);
    const ends: string[] = [];
    const elector = new LeaderElector({
      lock: stage.lock("me"),
      clock: stage.clock,
      onStartedLeading: () => {},
      onStoppedLeading: ({ token }, reason) => ends.push(`${token} ${reason}`),
    });
    const stop = new AbortController();
    const running = elector.run({ signal: stop.signal });
    await until(async () => {
      await stage.clock.advance(100);
      return elector.isLeader();
    }, () => "a leader");
    // The renewal takes effect, an operator frees the lock, and only then the renewal's answer is lost.
    const loseAnswer: Fault = async (_request, proceed) => {
      await proceed();
      await stage.release(1);
      throw faults.networkFailure();
    };
    stage.server.inject(loseAnswer, { kind: protocol === "git" ? "git-push" : "write" });
    await until(async () => {
      await stage.clock.advance(1_000);
      return stage.server.pendingFaults === 0 && !elector.isLeader();
    }, () => "the end of the term");
    assert.deepEqual(ends, ["1 lost"]);
    stop.abort();
    await Promise.all([running, stage.clock.advance(1_000), nextTurn()]);
  });

  Deno.test(`forceRelease() by ${protocol} follows renewals, but releases no other term than the one shown`, async () => {
    const stage = new Stage(protocol, HELD);
    const shown = await stage.inspect();
    stage.server.editGist(stage.gist, { [FILE]: HELD.replace('"sequence":9', '"sequence":10') });
    assert.equal(await stage.release(41, shown), true);
    assert.equal(stage.record.holderIdentity, "");

    const other = new Stage(protocol, HELD);
    const before = await other.inspect();
    const next = HELD.replace("gone", "new").replace("41", "42");
    other.server.editGist(other.gist, { [FILE]: next });
    assert.equal(await other.release(41, before), false);
    // By REST, a void revision shows what was tried.
    assert.equal((await other.inspect()).record?.holderIdentity, "new");
  });

  Deno.test(`forceRelease() by ${protocol} has released the lock when only the response is lost`, async () => {
    const stage = new Stage(protocol, HELD);
    const shown = await stage.inspect();
    stage.server.inject(faults.answerLost(), { kind: protocol === "git" ? "git-push" : "write" });
    assert.equal(await stage.release(41, shown), true);
    assert.equal(stage.record.sequence, 1);
  });

  Deno.test(`inspect() by ${protocol} finds a record, garbage with a token in it, and a deleted file`, async () => {
    const found = await new Stage(protocol, HELD).inspect();
    assert.deepEqual([found.kind, found.token, found.fault], ["record", 41, undefined]);
    const garbage = await new Stage(protocol, 'oops "leaderTransitions": 7').inspect();
    assert.deepEqual([garbage.kind, garbage.token], ["garbage", 7]);
    const stage = new Stage(protocol, HELD);
    stage.server.editGist(stage.gist, { [FILE]: null, "other.txt": "kept" });
    const deleted = await stage.inspect();
    assert.deepEqual([deleted.kind, deleted.token], ["deleted", undefined]);
    assert.equal(await stage.release(41, deleted), true);
    assert.equal(stage.record.leaderTransitions, 41);
  });
}

Deno.test("refuseMoved() lets a lock that has moved come back only above a token that the operator knows", async () => {
  const moved = await new Stage("git", '{"leaderTransitions":7,"protocol":"moved"}').inspect();
  const there = await new Stage("git", HELD).inspect();
  assert.throws(() => refuseMoved(moved, undefined, "gist"), /The lock of gist has moved/);
  refuseMoved(moved, 12, "gist");
  refuseMoved(there, undefined, "gist");
});

Deno.test("highestToken() is the highest token in any content, valid record or not", () => {
  const texts = ['{"leaderTransitions":3}', undefined, 'oops "leaderTransitions": 7', "nothing"];
  assert.equal(highestToken(texts), 7);
  assert.equal(highestToken(["nothing", undefined, "{}"]), undefined);
  assert.equal(highestToken(['{"holderIdentity":"first","leaderTransitions":0}', "{}"]), 0);
});
