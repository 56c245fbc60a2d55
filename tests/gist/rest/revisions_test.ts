import assert from "node:assert/strict";
import type { Revision } from "../../../gist/rest/in_effect.ts";
import { GistClient } from "../../../gist/rest/client.ts";
import { RevisionLog } from "../../../gist/rest/revisions.ts";
import { FakeClock, LockUnavailableError } from "../../../lock/mod.ts";

/** The name of the revision with that number; the first is 1. */
const name = (number: number) => number.toString(16).padStart(40, "0");

interface Made {
  readonly log: RevisionLog;
  readonly asked: string[];
  readonly state: { newest: number; growsAfterPage: number };
}

/** A gist with so many revisions, whose server cuts pages to `pageSize`, and may tell of the next page or not. */
function make(newest: number, { pageSize = 100, tellsNext = true, historyLength = 1 } = {}): Made {
  const asked: string[] = [];
  const state = { newest, growsAfterPage: 0 };
  const list = (from: number, length: number) =>
    Array.from({ length: Math.max(0, from) }, (_, at) => ({ version: name(from - at) }))
      .slice(0, length);
  const fetch = (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/gists/abc", "");
    asked.push(path + url.search);
    if (path !== "/commits") {
      const files = { f: { content: `at ${path}` } };
      const history = list(parseInt(path.slice(1), 16), historyLength);
      return Promise.resolve(Response.json({ files, history }));
    }
    const size = Math.min(Number(url.searchParams.get("per_page")), pageSize);
    const start = (Number(url.searchParams.get("page")) - 1) * size;
    const hasNext = tellsNext && start + size < state.newest;
    const page = list(state.newest - start, size);
    state.newest += state.growsAfterPage;
    const headers = new Headers(hasNext ? { link: '<https://x>; rel="next"' } : {});
    return Promise.resolve(Response.json(page, { headers }));
  };
  const gist = new GistClient({ id: "abc", file: "f", clock: new FakeClock(), fetch });
  return { log: new RevisionLog(gist), asked, state };
}

/** So many revisions from one of them back. */
async function back({ log }: Made, newest: number, count = Infinity): Promise<Revision[]> {
  const found: Revision[] = [];
  if (count === 0) return found;
  for await (const revision of log.back(name(newest), {})) {
    found.push(revision);
    if (found.length === count) break;
  }
  return found;
}

const pages = ({ asked }: Made) => asked.filter((path) => path.startsWith("/commits"));
const numbers = (found: readonly Revision[]) => found.map(({ version }) => parseInt(version, 16));

const PAGE_1 = "/commits?per_page=100&page=1";

Deno.test("RevisionLog asks for a revision once", async () => {
  const made = make(3);
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await back(made, 2), [
      { version: name(2), predecessor: name(1), content: `at /${name(2)}` },
      { version: name(1), predecessor: undefined, content: `at /${name(1)}` },
    ]);
  }
  assert.deepEqual(made.asked, [`/${name(2)}`, PAGE_1, `/${name(1)}`]);
});

Deno.test("RevisionLog goes back to the first revision, whatever the server shows of the history", async () => {
  for (const tellsNext of [true, false]) {
    for (const historyLength of [1, 2, 30, 1_000]) {
      const made = make(450, { tellsNext, historyLength });
      const found = await back(made, 450);
      assert.deepEqual(numbers(found), Array.from({ length: 450 }, (_, at) => 450 - at));
      assert.equal(found.at(-1)?.predecessor, undefined);
      assert.ok(found.slice(0, -1).every(({ predecessor }, at) => predecessor === name(449 - at)));
      // Pages overlap by one revision, or more where that makes them whole.
      assert.ok(pages(made).length <= 6, `${pages(made)}`);
      assert.equal(new Set(made.asked).size, made.asked.length);
    }
  }
});

Deno.test("RevisionLog finds the predecessor of a revision that has become an older one", async () => {
  for (const newer of [0, 1, 98, 99, 100, 150, 196, 250]) {
    const made = make(300);
    assert.deepEqual(numbers(await back(made, 300 - newer, 2)), [300 - newer, 299 - newer]);
  }
  await assert.rejects(back(make(900), 300, 2), /history changed/);
});

Deno.test("RevisionLog takes no page's end for the first revision where there may be more", async () => {
  // The server cuts pages short: what comes after is not seen side by side with what comes before.
  const short = make(150, { pageSize: 30 });
  assert.equal((await back(short, 122, 1))[0]?.predecessor, name(121));
  await assert.rejects(back(short, 121, 1), /history changed/);
});

Deno.test("RevisionLog infers no neighbours from two answers between which the history grew", async () => {
  const made = make(150);
  await back(made, 150, 99);
  made.state.newest += 150;
  made.state.growsAfterPage = 150;
  // The last of the first page, whose predecessor other revisions have taken the place of.
  await assert.rejects(back(made, 51, 1), LockUnavailableError);
  const found = await back(made, 52, 1);
  assert.equal(found[0]?.predecessor, name(51));
});

Deno.test("RevisionLog finds the successor of a revision from what an answer shows", async () => {
  const shown = (newest: number, length: number) =>
    Array.from({ length }, (_, at) => name(newest - at));
  const cases: [
    what: string,
    of: number,
    history: string[],
    found: number | undefined,
    pages: number,
  ][] = [
    ["directly", 5, shown(6, 6), 6, 0],
    ["behind others", 5, shown(9, 9), 6, 0],
    ["not yet", 6, shown(6, 6), undefined, 0],
    ["an older answer", 6, shown(5, 5), undefined, 0],
    ["no history", 5, [], undefined, 0],
    ["a history that ends before it", 5, shown(9, 2), 6, 3],
    ["a history that ends long before it", 5, shown(190, 30), 6, 3],
  ];
  for (const [what, of, history, found, most] of cases) {
    const made = make(200);
    made.log.learnLinks(shown(6, 3));
    made.log.learnLinks(history);
    const successor = await made.log.successor(name(of), history, {});
    assert.equal(successor, found === undefined ? undefined : name(found), what);
    assert.ok(made.asked.length <= most, what);
  }
});

Deno.test("RevisionLog looks for a successor among the newest 250 revisions, and no further", async () => {
  const newest = name(1_000);
  for (const [of, found] of [[750, name(751)], [749, undefined]] as const) {
    const made = make(1_000);
    assert.equal(await made.log.successor(name(of), [newest], {}), found);
    assert.ok(made.asked.length <= 5, `${made.asked}`);
  }
});

Deno.test("RevisionLog finds no successor of a revision that the gist does not have", async () => {
  const { log } = make(3);
  assert.equal(await log.successor("f".repeat(40), [name(3)], {}), undefined);
});

Deno.test("RevisionLog takes the newest part of a history without end", async () => {
  const made = make(5_000);
  made.log.learnLinks(Array.from({ length: 5_000 }, (_, at) => name(5_000 - at)));
  assert.equal((await back(made, 5_000, 900)).length, 900);
  assert.deepEqual(pages(made), []);
});

Deno.test("RevisionLog reads no more at once than 16 revisions, and the first one alone", async () => {
  const made = make(100, { historyLength: 100 });
  const [first] = await back(made, 100, 1);
  assert.equal(first?.version, name(100));
  assert.equal(made.asked.length, 1);
  await back(made, 100, 2);
  assert.equal(made.asked.length, 2);
  await back(made, 100, 33);
  assert.equal(made.asked.length, 48);
});
