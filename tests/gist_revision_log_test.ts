import assert from "node:assert/strict";
import { GistClient } from "../gist/rest_client.ts";
import { RevisionLog } from "../gist/revision_log.ts";
import { EMPTY_RECORD, FakeClock, formatRecord, LockUnavailableError } from "../lock/mod.ts";

/** The name of the revision with that number; the first is 1. */
const name = (number: number) => number.toString(16).padStart(40, "0");
const text = (content: string) => ({ files: { f: { content } } });

/** A gist with so many revisions, whose server cuts pages to `pageSize` and may tell of the next page or not. */
function make(newest: number, { pageSize = 100, tellsNext = true } = {}) {
  const asked: string[] = [];
  const state = { newest, growsAfterPage: 0 };
  const fetch = (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/gists/abc", "");
    asked.push(path + url.search);
    if (path !== "/commits") return Promise.resolve(Response.json(text(`at ${path}`)));
    const size = Math.min(Number(url.searchParams.get("per_page")), pageSize);
    const start = (Number(url.searchParams.get("page")) - 1) * size;
    const page = Array.from(
      { length: state.newest },
      (_, at) => ({ version: name(state.newest - at) }),
    )
      .slice(start, start + size);
    const hasNext = tellsNext && start + size < state.newest;
    state.newest += state.growsAfterPage;
    const headers = new Headers(hasNext ? { link: '<https://x>; rel="next"' } : {});
    return Promise.resolve(Response.json(page, { headers }));
  };
  const client = new GistClient({ id: "abc", clock: new FakeClock(), fetch });
  return { log: new RevisionLog(client, "f", "gist abc…/f"), asked, state };
}

const PAGE_1 = "/commits?per_page=100&page=1";
const PAGE_2 = "/commits?per_page=99&page=2";

Deno.test("RevisionLog asks for a revision once", async () => {
  const { log, asked } = make(3);
  for (let time = 0; time < 2; time++) {
    assert.deepEqual(await log.revision(name(2), {}), {
      version: name(2),
      predecessor: name(1),
      content: `at /${name(2)}`,
    });
    assert.equal((await log.revision(name(1), {})).predecessor, undefined);
  }
  assert.deepEqual(asked, [PAGE_1, `/${name(2)}`, `/${name(1)}`]);
});

Deno.test("RevisionLog finds a predecessor on the second page, and the first revision at its end", async () => {
  for (const tellsNext of [true, false]) {
    const { log, asked } = make(150, { tellsNext });
    assert.equal((await log.revision(name(51), {})).predecessor, name(50));
    assert.equal((await log.revision(name(1), {})).predecessor, undefined);
    assert.deepEqual(asked.filter((path) => path.startsWith("/commits")), [PAGE_1, PAGE_2]);
  }
});

Deno.test("RevisionLog takes no page's end for the first revision where there may be more", async () => {
  const variants = [
    make(150, { pageSize: 30 }),
    make(199),
    make(300, { tellsNext: false }),
  ];
  const ends = [name(121), name(101), name(200)];
  for (const [at, { log }] of variants.entries()) {
    const end = ends[at] ?? "";
    if (at === 1) {
      // Exactly as many as both pages reach: the second is full, and shows its last revision without what comes before.
      assert.equal((await log.revision(end, {})).predecessor, name(100));
      await assert.rejects(log.revision(name(1), {}), LockUnavailableError);
    } else if (at === 0) {
      await assert.rejects(log.revision(end, {}), /history moved on/);
    } else {
      assert.equal((await log.revision(name(201), {})).predecessor, end);
      assert.equal((await log.revision(end, {})).predecessor, name(199));
    }
  }
});

Deno.test("RevisionLog infers no neighbours from two answers between which the history grew", async () => {
  const { log, state, asked } = make(150);
  state.growsAfterPage = 150;
  // The last of the first page; the second begins with revisions that were not there before.
  await assert.rejects(log.revision(name(51), {}), LockUnavailableError);
  assert.deepEqual(asked, [PAGE_1, PAGE_2]);
  assert.equal((await log.revision(name(52), {})).predecessor, name(51));
  assert.equal((await log.revision(name(201), {})).predecessor, name(200));
});

Deno.test("RevisionLog takes in a content only where its base agrees with the history beside it", async () => {
  const record = (base: string) => formatRecord({ ...EMPTY_RECORD, base });
  const contents: [content: string | undefined, isTaken: boolean][] = [
    [record(name(1)), true],
    [record(name(2)), false],
    // Without a base nothing shows that the two belong together.
    ["{}", false],
    ["garbage", false],
    [undefined, false],
  ];
  for (const [content, isTaken] of contents) {
    const { log, asked } = make(2);
    log.learn({ content, history: [name(2), name(1)] });
    assert.equal(await log.content(name(2), {}), isTaken ? content : `at /${name(2)}`);
    assert.equal(asked.length, isTaken ? 0 : 1);
  }
});

Deno.test("RevisionLog takes the newest part of a history without end", async () => {
  const { log, asked } = make(5_000);
  const history = Array.from({ length: 5_000 }, (_, at) => name(5_000 - at));
  const content = formatRecord({ ...EMPTY_RECORD, base: name(4_999) });
  log.learn({ content, history });
  assert.equal((await log.revision(name(5_000), {})).predecessor, name(4_999));
  assert.deepEqual(asked, []);
});

Deno.test("RevisionLog forgets the oldest of many contents", async () => {
  const { log, asked } = make(300);
  for (let number = 1; number <= 129; number++) await log.content(name(number), {});
  assert.equal(asked.length, 129);
  await log.content(name(2), {});
  await log.content(name(129), {});
  assert.equal(asked.length, 129);
  await log.content(name(1), {});
  assert.equal(asked.length, 130);
});
