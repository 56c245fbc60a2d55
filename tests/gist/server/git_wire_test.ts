import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { concatBytes, encodeText } from "../../../gist/git/objects/bytes.ts";
import {
  encodeCommit,
  encodeTree,
  formatSignature,
  type GitObject,
  objectId,
} from "../../../gist/git/objects/objects.ts";
import { encodePack, parsePack } from "../../../gist/git/objects/pack.ts";
import { encodePktLines, FLUSH } from "../../../gist/git/wire/pkt_line.ts";
import {
  encodeReceivePackRequest,
  parseReceivePackAnswer,
} from "../../../gist/git/wire/receive_pack.ts";
import {
  encodeUploadPackRequest,
  parseUploadPackAnswer,
} from "../../../gist/git/wire/upload_pack.ts";
import { faults, GistServer, type GistServerOptions } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { ask } from "./ask.ts";

const MAIN = "refs/heads/main";
const NOTHING = "0".repeat(40);
const TOKEN = `Basic ${btoa("x-access-token:local-token")}`;

interface Revision {
  readonly files: Readonly<Record<string, string>>;
  readonly parents?: readonly string[];
  /** The mode of every file. */
  readonly mode?: string;
  /** When it was committed, in milliseconds since the Unix epoch. */
  readonly time?: number;
}

/** The objects of a commit, and its id. */
function makeCommit({ files, parents = [], mode = "100644", time = 0 }: Revision) {
  const blobs = Object.entries(files).map(([name, content]) => {
    const body = encodeText(content);
    return { name, object: { type: "blob" as const, body }, id: objectId("blob", body) };
  });
  const tree = encodeTree(blobs.map(({ name, id }) => ({ mode, name, id })));
  const author = formatSignature({ name: "a", email: "", time });
  const treeId = objectId("tree", tree);
  const commit = encodeCommit({ tree: treeId, parents, author, committer: author, message: "m" });
  const objects: GitObject[] = [
    { type: "commit", body: commit },
    { type: "tree", body: tree },
    ...blobs.map(({ object }) => object),
  ];
  return { id: objectId("commit", commit), objects };
}

function setUp(options: GistServerOptions = {}) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, ...options });
  const gist = server.createGist({ a: "1", b: "x" });
  const first = server.revisions(gist)[0]?.version ?? "";
  const post = (service: string, body: Uint8Array<ArrayBuffer>, headers: HeadersInit = {}) =>
    server.fetch(
      new Request(`https://gist.github.com/${gist}.git/${service}`, {
        method: "POST",
        body,
        headers: { authorization: TOKEN, ...Object.fromEntries(new Headers(headers)) },
      }),
    );
  const pushRaw = async (oldId: string, newId: string, objects: GitObject[], ref = MAIN) => {
    const pack = encodePack(objects);
    const body = encodeReceivePackRequest({ ref, oldId, newId, pack });
    const response = await post("git-receive-pack", body);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/x-git-receive-pack-result");
    const report = parseReceivePackAnswer(new Uint8Array(await response.arrayBuffer()), ref);
    return report.ok ? "ok" : report.reason;
  };
  const push = (oldId: string, revision: Revision) => {
    const { id, objects } = makeCommit(revision);
    return pushRaw(oldId, id, objects);
  };
  const versions = () => server.revisions(gist).map(({ version }) => version);
  return { clock, server, gist, first, post, push, pushRaw, versions };
}

async function text(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}

Deno.test("info/refs advertises refs and capabilities as git does", async (t) => {
  const { server, gist, first } = setUp();
  const empty = server.createGist({});
  const ask = async (id: string, service: string, authorization = TOKEN) => {
    const url = `https://gist.github.com/local/${id}.git/info/refs?service=${service}`;
    const response = await server.fetch(new Request(url, { headers: { authorization } }));
    assert.equal(response.headers.get("cache-control"), "no-cache");
    return { type: response.headers.get("content-type"), body: await text(response) };
  };
  const common = "object-format=sha1 agent=git/local-gists\n";
  const fetchable = "multi_ack_detailed side-band-64k ofs-delta shallow no-progress " +
    "allow-tip-sha1-in-want allow-reachable-sha1-in-want filter ";
  const framed = (...lines: string[]) =>
    new TextDecoder().decode(
      encodePktLines([lines[0] ?? "", FLUSH, ...lines.slice(1), FLUSH]),
    );

  await t.step("for fetching", async () => {
    assert.deepEqual(await ask(gist, "git-upload-pack"), {
      type: "application/x-git-upload-pack-advertisement",
      body: framed(
        "# service=git-upload-pack\n",
        `${first} HEAD\0${fetchable}symref=HEAD:${MAIN} ${common}`,
        `${first} ${MAIN}\n`,
      ),
    });
  });
  await t.step("for pushing", async () => {
    assert.deepEqual(await ask(gist, "git-receive-pack"), {
      type: "application/x-git-receive-pack-advertisement",
      body: framed(
        "# service=git-receive-pack\n",
        `${first} ${MAIN}\0report-status side-band-64k ofs-delta ${common}`,
      ),
    });
  });
  await t.step("without a commit", async () => {
    const { body } = await ask(empty, "git-upload-pack");
    assert.equal(
      body,
      framed("# service=git-upload-pack\n", `${NOTHING} capabilities^{}\0${fetchable}${common}`),
    );
  });
});

Deno.test("a push moves the branch from the old id only", async () => {
  const { push, versions, first, server, gist } = setUp();
  const next = { files: { a: "2" }, parents: [first] };
  assert.equal(await push(NOTHING, next), "failed to update ref");
  assert.equal(await push("1".repeat(40), next), "failed to update ref");
  assert.deepEqual(versions(), [first]);
  assert.equal(await push(first, next), "ok");
  assert.deepEqual(server.revisions(gist)[0]?.files, { a: "2" });
  assert.equal(await push(first, { files: { a: "3" }, parents: [first] }), "failed to update ref");
  assert.deepEqual(versions(), [makeCommit(next).id, first]);
});

Deno.test("a push of a commit without parent replaces the history", async () => {
  const { push, versions, first } = setUp();
  const alone = { files: { a: "2" } };
  assert.equal(await push(first, alone), "ok");
  assert.deepEqual(versions(), [makeCommit(alone).id]);
});

Deno.test("a merge's history is listed newest first, each revision once", async () => {
  const { pushRaw, versions, first, clock } = setUp();
  const now = clock.wall();
  const at = (ms: number, a: string, parents: string[]) =>
    makeCommit({ files: { a }, parents, time: now + ms });
  const left = at(1_000, "left", [first]);
  const right = at(2_000, "right", [first]);
  const leftAgain = at(3_000, "left again", [left.id]);
  const merge = at(4_000, "merge", [leftAgain.id, right.id]);
  const objects = [left, right, leftAgain, merge].flatMap((commit) => commit.objects);
  assert.equal(await pushRaw(first, merge.id, objects), "ok");
  assert.deepEqual(versions(), [merge.id, leftAgain.id, right.id, left.id, first]);
});

Deno.test("a push sent twice by the transport is answered ng, though its first copy applied", async () => {
  const { server, push, versions, first } = setUp();
  server.inject(faults.appliedTwice(), { kind: "git-push" });
  assert.equal(await push(first, { files: { a: "2" } }), "failed to update ref");
  assert.deepEqual(versions(), [makeCommit({ files: { a: "2" } }).id]);
  assert.equal(server.counts.gitPushes, 2);
});

Deno.test("of pushes that overlap in time exactly one moves the branch", async () => {
  const { clock, push, versions, first } = setUp({ writeDuration: 100 });
  const racing = ["2", "3", "4"].map((a) => push(first, { files: { a } }));
  await clock.advance(100);
  const reports = await Promise.all(racing);
  assert.deepEqual(reports.toSorted(), ["failed to update ref", "failed to update ref", "ok"]);
  assert.deepEqual(versions(), [
    makeCommit({ files: { a: String(reports.indexOf("ok") + 2) } }).id,
  ]);
});

Deno.test("a push changes the ETag, and updated_at", async () => {
  const { clock, server, gist, push, first } = setUp();
  const read = () => ask(server, `/gists/${gist}`);
  const before = await read();
  clock.skip(1_000);
  await push(first, { files: { a: "2" } });
  const after = await read();
  assert.notEqual(after.headers.get("etag"), before.headers.get("etag"));
  assert.equal(after.json.updated_at, "2026-01-02T03:04:06Z");
});

Deno.test("a push is refused that is not complete, not flat or no branch's", async (t) => {
  const { push, pushRaw, versions, first } = setUp();
  const { id, objects } = makeCommit({ files: { a: "2" } });
  const cases: Record<string, Record<string, () => Promise<string>>> = {
    "missing necessary objects": {
      "without its blob": () => pushRaw(first, id, objects.slice(0, 2)),
      "without its commit": () => pushRaw(first, id, objects.slice(1)),
      "without its parent": () => push(first, { files: { a: "2" }, parents: ["1".repeat(40)] }),
      "of a blob as a commit": () => pushRaw(first, objectId("blob", encodeText("2")), objects),
    },
    "pre-receive hook declined": {
      "with a folder": () => push(first, { files: { sub: "2" }, mode: "40000" }),
      "with a submodule": () => push(first, { files: { sub: "2" }, mode: "160000" }),
    },
    "deletion prohibited": { "that deletes": () => pushRaw(first, NOTHING, []) },
    "funny refname": {
      "of a tag": () => pushRaw(NOTHING, id, objects, "refs/tags/v1"),
      "of an odd name": () => pushRaw(NOTHING, id, objects, "refs/heads/a..b"),
    },
  };
  for (const [reason, pushes] of Object.entries(cases)) {
    for (const [name, attempt] of Object.entries(pushes)) {
      await t.step(name, async () => {
        assert.equal(await attempt(), reason);
        assert.deepEqual(versions(), [first]);
      });
    }
  }
});

Deno.test("a broken pack is reported, and nothing moves", async () => {
  const { post, first, versions } = setUp();
  const { id, objects } = makeCommit({ files: { a: "2" } });
  const pack = encodePack(objects);
  pack[20] = (pack[20] ?? 0) ^ 1;
  const body = encodeReceivePackRequest({ ref: MAIN, oldId: first, newId: id, pack });
  const answer = await text(await post("git-receive-pack", body));
  assert.match(answer, /unpack index-pack abnormal exit\n/);
  assert.match(answer, /ng refs\/heads\/main unpacker error\n/);
  assert.deepEqual(versions(), [first]);
});

Deno.test("a push without bands and reports is answered with nothing, and moves the branch", async () => {
  const { post, first, versions } = setUp();
  const { id, objects } = makeCommit({ files: { a: "2" } });
  const command = encodePktLines([`${first} ${id} ${MAIN}\0`, FLUSH]);
  const response = await post("git-receive-pack", concatBytes([command, encodePack(objects)]));
  assert.equal(await text(response), "");
  assert.deepEqual(versions(), [id]);
});

Deno.test("a request that only tries the connection is answered with nothing", async () => {
  const { post } = setUp();
  const response = await post("git-receive-pack", encodePktLines([FLUSH]));
  assert.deepEqual([response.status, await text(response)], [200, ""]);
});

Deno.test("a compressed request is read, a broken one refused", async () => {
  const { post, first } = setUp();
  const body = encodeUploadPackRequest({ want: first, depth: 1 });
  const gzip = { "content-encoding": "gzip" };
  const good = await post("git-upload-pack", concatBytes([gzipSync(body)]), gzip);
  const pack = parseUploadPackAnswer(new Uint8Array(await good.arrayBuffer()));
  assert(parsePack(pack).has(first));
  const bad = await post("git-upload-pack", body, gzip);
  assert.equal(bad.status, 400);
  assert.equal(await text(bad), "the request cannot be inflated\n");
});

Deno.test("a fetch is for what a ref leads to, stale or not", async () => {
  const { server, gist, post, first, push } = setUp();
  const second = server.editGist(gist, { a: "2" });
  const alone = makeCommit({ files: { a: "3" } });
  /** The number of objects, or the server's refusal. */
  const fetchOne = async (want: string, depth = 1) => {
    const response = await post("git-upload-pack", encodeUploadPackRequest({ want, depth }));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const said = new TextDecoder().decode(bytes);
    return said.includes("ERR ") ? said.slice(4) : parsePack(parseUploadPackAnswer(bytes)).size;
  };
  const notOurs = (id: string) => `ERR upload-pack: not our ref ${id}`;

  assert.equal(await fetchOne(second), 4);
  assert.equal(await fetchOne(second, 2), 7);
  assert.equal(await fetchOne(first), 4);
  assert.equal(await fetchOne(alone.id), notOurs(alone.id));

  assert.equal(await push(second, { files: { a: "3" } }), "ok");
  assert.equal(await fetchOne(second), notOurs(second));
  assert.equal(await fetchOne(alone.id), 3);
  server.inject(faults.staleRead(), { times: 2 });
  assert.equal(await fetchOne(second), 4);
  assert.equal(await fetchOne(alone.id), notOurs(alone.id));
});

Deno.test("a fetch leaves out what the client has, and large files where it asks so", async () => {
  const { server, gist, post, first } = setUp();
  const second = server.editGist(gist, { a: "x".repeat(2_000) });
  const ids = async (...lines: (string | typeof FLUSH)[]) => {
    const response = await post("git-upload-pack", encodePktLines(lines));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const said = new TextDecoder().decode(bytes);
    // What comes before the pack is ASCII.
    const at = said.indexOf("PACK");
    const pack = bytes.subarray(at);
    return { said: said.slice(0, at), ids: [...parsePack(pack).keys()].toSorted() };
  };
  const large = objectId("blob", encodeText("x".repeat(2_000)));

  const all = await ids(`want ${second}\n`, FLUSH, `done\n`);
  const rest = await ids(`want ${second}\n`, FLUSH, `have ${first}\n`, "done\n");
  const small = await ids(`want ${second}\n`, "filter blob:limit=1k\n", FLUSH, "done\n");
  const none = await ids(`want ${second}\n`, "filter blob:none\n", FLUSH, "done\n");

  assert.deepEqual([all.said, all.ids.length], ["0008NAK\n", 7]);
  assert.equal(rest.said, `0031ACK ${first}\n`);
  assert.equal(rest.ids.length, 3);
  assert(rest.ids.includes(second) && rest.ids.includes(large));
  assert.deepEqual(small.ids, all.ids.filter((id) => id !== large));
  assert.equal(none.ids.length, 4);
});

Deno.test("a fetch agrees with a client step by step on what is common", async () => {
  const { server, gist, post, first } = setUp();
  const second = server.editGist(gist, { a: "2" });
  const unknown = "1".repeat(40);
  const want = `want ${second} multi_ack_detailed side-band-64k\n`;
  const ask = async (...lines: (string | typeof FLUSH)[]) =>
    await text(await post("git-upload-pack", encodePktLines([want, FLUSH, ...lines])));

  assert.equal(await ask(`have ${unknown}\n`, FLUSH), "0008NAK\n");
  assert.equal(
    await ask(`have ${unknown}\n`, `have ${first}\n`, FLUSH),
    `0038ACK ${first} common\n0037ACK ${first} ready\n0008NAK\n`,
  );
  const last = await ask(`have ${first}\n`, "done\n");
  assert(last.startsWith(`0038ACK ${first} common\n0031ACK ${first}\n`));
});

Deno.test("a fetch by depth sends only what the client does not know of its boundary", async () => {
  const { server, gist, post, first } = setUp();
  const second = server.editGist(gist, { a: "2" });
  const third = server.editGist(gist, { a: "3" });
  const boundary = async (depth: number, ...shallow: string[]) => {
    const known = shallow.map((id) => `shallow ${id}\n`);
    const lines = [`want ${third}\n`, ...known, `deepen ${depth}\n`, FLUSH];
    return await text(await post("git-upload-pack", encodePktLines(lines)));
  };
  assert.equal(await boundary(1), `0034shallow ${third}0000`);
  assert.equal(await boundary(1, third), "0000");
  assert.equal(await boundary(2, third), `0034shallow ${second}0036unshallow ${third}0000`);
  assert.equal(await boundary(3, third), `0036unshallow ${third}0000`);
  assert.equal(await boundary(9, first), `0036unshallow ${first}0000`);
});

Deno.test("requests that are none of git's are refused", async (t) => {
  const { server, gist, post, first } = setUp({ tokens: { "other-token": "other" } });
  const ask = (path: string, authorization?: string) =>
    server.fetch(
      new Request(`https://gist.github.com/${path}`, {
        headers: { ...(authorization !== undefined && { authorization }) },
      }),
    );
  const push = "info/refs?service=git-receive-pack";
  const other = `Basic ${btoa("x:other-token")}`;
  const fetch = (...lines: string[]) =>
    post("git-upload-pack", encodePktLines([`want ${first}\n`, ...lines, FLUSH]));
  const cases: [name: string, () => Promise<Response>, status: number, said: RegExp][] = [
    ["no service", () => ask(`${gist}.git/info/refs`), 403, /upgrade your git client/],
    ["no gist", () => ask("00.git/info/refs?service=git-upload-pack"), 404, /not found/],
    ["no token", () => ask(`${gist}.git/${push}`), 401, /Authentication required/],
    ["bad token", () => ask(`${gist}.git/${push}`, "Basic eDp4"), 401, /Invalid username or token/],
    ["other account", () => ask(`${gist}.git/${push}`, other), 403, /denied to other/],
    ["other's unknown gist", () => ask(`00.git/${push}`, other), 404, /not found/],
    ["no pkt-line", () => post("git-upload-pack", encodeText("hello")), 400, /with its length/],
    ["an unknown verb", () => fetch("deepen-not x\n"), 400, /not support "deepen-not"/],
    ["an unknown filter", () => fetch("filter tree:0\n"), 400, /support the filter "tree:0"/],
    ["no command", () => post("git-receive-pack", encodePktLines(["x", FLUSH])), 400, /command/],
  ];
  for (const [name, request, status, said] of cases) {
    await t.step(name, async () => {
      const response = await request();
      assert.equal(response.status, status);
      assert.equal(response.headers.has("www-authenticate"), status === 401);
      assert.match(await text(response), said);
    });
  }
});
