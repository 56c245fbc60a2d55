import assert from "node:assert/strict";
import { LeaderElector, type Term, type Timings } from "../../../elector/mod.ts";
import {
  type FakeClock,
  type Fetch,
  type LeaderElectionRecord,
  parseRecord,
} from "../../../lock/mod.ts";
import { nextTurn } from "../../../lock/system.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { mix } from "./mixed_answers.ts";

const FILE = "leader-election.json";

/** What becomes of one request. */
type Fate = (proceed: () => Promise<Response>) => Promise<Response>;
/** What becomes of a candidate's requests. */
type Weather = (request: Request, proceed: () => Promise<Response>) => Promise<Response>;

const fair: Weather = (_request, proceed) => proceed();

/** Real electors over the gist protocol `rest`, one server, one clock: at each instant at most one term may be valid. */
class World extends LocalGistWorld {
  readonly candidates: Candidate[] = [];

  constructor(content?: string) {
    super("rest", content);
  }

  add(identity: string, timings: Partial<Timings> = {}, random = () => 0): Candidate {
    const candidate = new Candidate(this, identity, timings, random);
    this.candidates.push(candidate);
    return candidate;
  }

  /** Lets time pass in small steps, and looks at each of them how many terms are valid. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      await this.clock.advance(100);
      const valid = this.candidates.filter(({ isLeading }) => isLeading);
      const names = valid.map(({ identity }) => identity).join(" and ");
      assert.ok(valid.length <= 1, `${names} both hold a valid term at ${this.clock.monotonic()}`);
    }
  }

  /** Passes time until something is so, at most `ms` milliseconds. */
  async until(what: string, isSo: () => boolean, ms = 200_000): Promise<void> {
    for (let passed = 0; passed < ms && !isSo(); passed += 100) await this.pass(100);
    assert.ok(isSo(), what);
  }

  async end(): Promise<void> {
    for (const { stop } of this.candidates) stop.abort();
    await this.pass(120_000);
  }
}

class Candidate {
  readonly identity: string;
  readonly elector: LeaderElector;
  readonly terms: Term[] = [];
  readonly stop = new AbortController();
  weather: Weather = fair;

  constructor(world: World, identity: string, timings: Partial<Timings>, random: () => number) {
    this.identity = identity;
    const fetch: Fetch = async (request) => {
      const { url, method, headers } = request;
      const body = method === "PATCH" ? await request.clone().text() : null;
      // What is under way arrives, though its sender has given it up.
      const proceed = () => world.server.fetch(new Request(url, { method, headers, body }));
      return await this.weather(request, proceed);
    };
    this.elector = new LeaderElector({
      lock: world.lock(identity, { fetch }),
      clock: world.clock,
      random,
      ...timings,
      onStartedLeading: (term) => this.note(term),
    });
  }

  run(): void {
    this.elector.run({ signal: this.stop.signal }).catch(() => {});
  }

  /** Leads again and again, each time for so long. */
  async leadInTurns(clock: FakeClock, ms: number): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.elector.lead(async (term) => {
        this.terms.push(term);
        await clock.sleep(ms, { signal: term.signal });
      }, { signal: this.stop.signal }).catch(() => {});
      await nextTurn();
    }
  }

  note(term: Term): Promise<void> {
    this.terms.push(term);
    return new Promise((resolve) => {
      if (term.signal.aborted) resolve();
      term.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  get isLeading(): boolean {
    return this.terms.some((term) => term.isValid());
  }

  /** The next write of such a record meets `fate`; any other request goes through. */
  meet(isMet: (record: LeaderElectionRecord) => boolean, fate: Fate): void {
    const before = this.weather;
    this.weather = async (request, proceed) => {
      const body = request.method === "PATCH" ? await request.clone().json() : undefined;
      if (!body || !isMet(parseRecord(body.files[FILE].content))) return before(request, proceed);
      this.weather = before;
      return fate(proceed);
    };
  }
}

const isClaim = (token: number) => ({ holderIdentity, leaderTransitions }: LeaderElectionRecord) =>
  holderIdentity !== "" && leaderTransitions === token;
const isRelease = ({ holderIdentity }: LeaderElectionRecord) => holderIdentity === "";

/** The text of now beside the history of a moment ago. */
async function lag(proceed: () => Promise<Response>): Promise<Response> {
  const response = await proceed();
  const value = await response.json();
  return Response.json({ ...value, history: value.history.slice(1) }, {
    headers: response.headers,
  });
}

const never = () => new Promise<never>(() => {});
const isPoll = ({ method, url }: Request) => method === "GET" && /gists\/[^/]+$/.test(url);

Deno.test("no second term begins where a late release is shown for the claim that made it void", async () => {
  const world = new World("{}");
  const [a, b, c] = [world.add("a"), world.add("b"), world.add("c", { pollPeriod: 4_000 })];
  a.run();
  await world.until("a leads", () => a.isLeading);
  b.run();
  await world.pass(3_000);
  c.run();
  await world.pass(1_000);
  const arrival = Promise.withResolvers<void>();
  a.weather = never;
  a.meet(isRelease, async (proceed) => {
    await arrival.promise;
    return await proceed();
  });
  a.stop.abort();
  await world.until("b leads", () => b.isLeading);
  arrival.resolve();
  await nextTurn();
  c.weather = (request, proceed) => isPoll(request) ? lag(proceed) : proceed();
  await world.pass(4_000);
  c.weather = fair;
  await world.pass(60_000);
  assert.ok(b.isLeading);
  await world.end();
});

Deno.test("no term begins where a claim that came second is shown for the rival's that came first", async () => {
  const world = new World("{}");
  const [a, b] = [world.add("a"), world.add("b")];
  const turns = a.leadInTurns(world.clock, 20_000);
  await world.until("a leads", () => a.isLeading);
  b.run();
  await world.pass(10_000);
  const landed = Promise.withResolvers<void>();
  a.meet(isClaim(2), async (proceed) => {
    await landed.promise;
    return await lag(proceed);
  });
  await world.until("b leads", () => b.isLeading, 30_000);
  landed.resolve();
  await world.pass(60_000);
  a.stop.abort();
  await world.end();
  await turns;
});

Deno.test("no renewal counts that an edit of another file made void, though it is shown for that edit", async () => {
  const timings = { leaseDuration: 60_000, renewDeadline: 57_000, retryPeriod: 20_000 };
  const world = new World("{}");
  const [a, b] = [world.add("a", timings), world.add("b", timings)];
  a.run();
  await world.until("a leads", () => a.isLeading);
  b.run();
  await world.pass(1_000);
  let isEdited = false;
  a.meet(isClaim(1), (proceed) => {
    isEdited = true;
    world.editOtherFile();
    return lag(proceed);
  });
  await world.until("a renews", () => isEdited);
  await world.pass(1_000);
  a.weather = never;
  await world.until("b leads", () => b.isLeading);
  await world.pass(20_000);
  await world.end();
});

Deno.test("no term begins with a claim whose answer is lost, though it is shown for the rival's", async () => {
  const world = new World("{}");
  const [a, b] = [world.add("a"), world.add("b")];
  const landed = Promise.withResolvers<void>();
  a.meet(isClaim(1), async (proceed) => {
    await landed.promise;
    await proceed();
    throw new TypeError("connection reset");
  });
  a.run();
  await world.pass(100);
  b.run();
  await world.until("b leads", () => b.isLeading);
  const before = a.weather;
  a.weather = (request, proceed) => isPoll(request) ? lag(proceed) : before(request, proceed);
  landed.resolve();
  await world.pass(10_000);
  a.weather = fair;
  await world.pass(60_000);
  assert.ok(b.isLeading);
  await world.end();
});

/** Text and history of any of the last instants; by name, now and then, of another revision, or nothing yet. */
function mixing(world: World, random: () => number): Weather {
  const back = () => Math.floor(3 * random() ** 2);
  return async (request, proceed) => {
    if (random() < 0.03) throw new TypeError("connection reset");
    const response = await proceed();
    if (random() < 0.03) throw new TypeError("connection reset");
    if (response.status !== 200 || random() < 0.5) return response;
    if (/gists\/[^/]+$/.test(request.url)) {
      return mix(world.server, world.id, { text: back(), history: back() });
    }
    if (random() < 0.1) return Response.json({ message: "Not Found" }, { status: 404 });
    const answer = await response.json();
    return Response.json(
      Array.isArray(answer)
        ? answer.slice(back())
        : { ...answer, history: answer.history.slice(back()) },
    );
  };
}

Deno.test("terms never overlap, whatever instants all answers are made of", async () => {
  let terms = 0;
  for (let seed = 1; seed <= 2; seed++) {
    const random = seededRandom(seed);
    const world = new World(seed % 2 === 0 ? "{}" : undefined);
    const candidates = ["a", "b", "c"].map((name) => world.add(name, {}, random));
    for (const candidate of candidates) candidate.weather = mixing(world, random);
    const turns = candidates.map((candidate) =>
      candidate.leadInTurns(world.clock, 20_000 + 40_000 * random())
    );
    for (let event = 0; event < 30; event++) {
      await world.pass(10_000 + 20_000 * random());
      const victim = candidates[Math.floor(3 * random())]!;
      const draw = random();
      if (draw < 0.3) world.editOtherFile();
      else if (draw < 0.6) {
        // Cut off: what is under way may yet arrive.
        victim.weather = (_request, proceed) => random() < 0.5 ? proceed().then(never) : never();
        await world.pass(60_000 * random());
        victim.weather = mixing(world, random);
      }
    }
    for (const candidate of candidates) candidate.weather = fair;
    await world.end();
    await Promise.all(turns);
    terms += candidates.reduce((sum, candidate) => sum + candidate.terms.length, 0);
  }
  assert.ok(terms > 20, `${terms} terms`);
});
