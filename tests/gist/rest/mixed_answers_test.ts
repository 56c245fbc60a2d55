import assert from "node:assert/strict";
import type { Snapshot, Store } from "../../../store/mod.ts";
import { type Fault, faults, type Revision } from "../../../gist/server/mod.ts";
import { formatRecord, LockConflictError, LockError, parseRecord } from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { held } from "../../contract/world.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { isByName, isGist, mix } from "./mixed_answers.ts";

const FILE = "leader-election.json";
const SEEDS = 10;
const STEPS = 60;

/** The server's own account of what was in effect at a revision, by a rule that is written down once more. */
function inEffectAt(revisions: readonly Revision[], head: string): Revision | undefined {
  const at = revisions.findIndex(({ version }) => version === head);
  return revisions.slice(at).find(({ files }, index, from) => {
    const before = from[index + 1];
    if (!before) return true;
    const content = files[FILE] ?? "";
    const base = content === "{}" ? undefined : parseRecord(content).base;
    return base === undefined ? content !== before.files[FILE] : base === before.version;
  });
}

/** Any answer may be made of two instants, or be behind; one by name may be of another revision, or missing. */
function storm(world: LocalGistWorld, random: () => number): Fault {
  const back = () => Math.floor(3.5 * random() ** 2);
  return async (request, proceed, clock) => {
    const { server, id } = world;
    if (request.method === "PATCH" && random() < 0.1) {
      return await faults.answerLost()(request, proceed, clock);
    }
    const response = await proceed();
    if (response.status !== 200 || random() < 0.4) return response;
    if (isGist(request)) return mix(server, id, { text: back(), history: back() });
    const answer = await response.json();
    if (!isByName(request)) return Response.json(answer.slice(back()));
    if (random() < 0.1) return await faults.refused(404, "Not Found")(request, proceed, clock);
    // As a replica that is behind: with the text of that revision, or of the one that was asked for.
    const history = answer.history.slice(back());
    const shown = server.revisions(id).find(({ version }) => version === history[0]?.version);
    const content = random() < 0.5 ? shown?.files[FILE] : undefined;
    const files = content === undefined ? answer.files : { [FILE]: { content } };
    return Response.json({ ...answer, files, history });
  };
}

interface Tally {
  proven: number;
  unproven: number;
  won: number;
  lost: number;
  unknown: number;
}

class Run {
  readonly world = new LocalGistWorld("rest", "{}");
  readonly tally: Tally = { proven: 0, unproven: 0, won: 0, lost: 0, unknown: 0 };
  readonly #random: () => number;
  readonly #stores: Store[];
  readonly #lost: string[] = [];
  #writes = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#stores = [0, 1, 2].map(() => this.world.store());
    this.world.server.intercept = storm(this.world, this.#random);
  }

  async play(): Promise<void> {
    const seen = new Map<Store, Snapshot>();
    for (let step = 0; step < STEPS; step++) {
      const store = this.#stores[Math.floor(3 * this.#random())]!;
      const draw = this.#random();
      const last = seen.get(store);
      if (draw < 0.1) this.world.editOtherFile();
      else if (draw < 0.6 || !last) await this.#read(store, seen);
      else await this.#write(store, last, seen);
    }
    const texts = new Set(this.#inEffect().map(({ files }) => files[FILE]));
    for (const content of this.#lost) assert.ok(!texts.has(content), `in effect: ${content}`);
  }

  async #read(store: Store, seen: Map<Store, Snapshot>): Promise<void> {
    const proof = this.#random() < 0.5;
    const snapshot = await store.read({ proof }).catch(ignore);
    if (!snapshot) return;
    assert.ok(snapshot.isProven || !proof);
    if (snapshot.isProven) this.#check(snapshot);
    else this.tally.unproven++;
    seen.set(store, snapshot);
  }

  async #write(store: Store, last: Snapshot, seen: Map<Store, Snapshot>): Promise<void> {
    const content = formatRecord({
      ...held(`${this.#writes++}`),
      base: last.head,
      protocol: "rest",
    });
    try {
      const written = await store.compareAndSwap(content, last);
      assert.equal(written.content, content);
      assert.ok(written.isProven);
      this.#check(written);
      this.tally.won++;
      seen.set(store, written);
    } catch (error) {
      assert.ok(error instanceof LockError, String(error));
      seen.delete(store);
      if (!(error instanceof LockConflictError)) return void this.tally.unknown++;
      this.tally.lost++;
      this.#lost.push(content);
    }
  }

  /** What is proven is what was in effect at that head, whatever the answers looked like. */
  #check({ version, head, content }: Snapshot): void {
    const truth = inEffectAt(this.world.server.revisions(this.world.id), head);
    assert.deepEqual({ version, content }, {
      version: truth?.version,
      content: truth?.files[FILE],
    });
    this.tally.proven++;
  }

  /** All that was ever in effect. */
  #inEffect(): Revision[] {
    const revisions = this.world.server.revisions(this.world.id);
    return revisions.filter((revision) =>
      inEffectAt(revisions, revision.version)?.version === revision.version
    );
  }
}

function ignore(error: unknown): void {
  assert.ok(error instanceof LockError, String(error));
}

Deno.test("RestStore proves nothing but the truth, whatever instants its answers are made of", async () => {
  const sum: Tally = { proven: 0, unproven: 0, won: 0, lost: 0, unknown: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = new Run(seed);
    try {
      await run.play();
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += run.tally[key];
  }
  // Without enough of each there would be nothing to see.
  for (const [what, count] of Object.entries(sum)) assert.ok(count > SEEDS, `${what}: ${count}`);
});
