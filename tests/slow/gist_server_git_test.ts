import assert from "node:assert/strict";
import { faults, type GistServer, type ServedGists, serveGists } from "../../gist/server/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { findProgram, run } from "../support/programs.ts";

const hasGit = await findProgram("git", "the tests of the gist server with git") !== undefined;

/** What a test works with: the server, and git in an empty folder where no setting of the user's counts. */
interface Bench {
  readonly served: ServedGists;
  readonly server: GistServer;
  readonly folder: string;
  /** Runs git in a folder below; rejects where git fails. */
  git(at: string, ...args: string[]): Promise<string>;
  /** Runs git, and tells what it said where it failed. */
  failing(at: string, ...args: string[]): Promise<string>;
  /** The gist's address with the token in it. */
  url(id: string, token?: string): string;
  write(path: string, content: string): Promise<void>;
}

function gitTest(name: string, body: (bench: Bench) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasGit,
    async fn() {
      const folder = await Deno.makeTempDir();
      try {
        await using served = serveGists({ tokens: { "other-token": "other" } });
        await body(makeBench(served, folder));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function makeBench(served: ServedGists, folder: string): Bench {
  const gitIn = async (at: string, args: string[]) => {
    const settings = ["-c", "init.defaultBranch=main", "-c", "protocol.version=2"];
    const ran = await run("git", [...settings, ...args], {
      cwd: `${folder}/${at}`,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@example.com",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@example.com",
        LC_ALL: "C",
      },
    });
    return ran ?? assert.fail("no git");
  };
  return {
    served,
    server: served.server,
    folder,
    async git(at, ...args) {
      const { code, text, stdout } = await gitIn(at, args);
      assert.equal(code, 0, `git ${args.join(" ")}: ${text}`);
      return stdout.trim();
    },
    async failing(at, ...args) {
      const { code, text } = await gitIn(at, args);
      assert.notEqual(code, 0, `git ${args.join(" ")} was to fail: ${text}`);
      return text;
    },
    url: (id, token = "local-token") =>
      `${served.url.replace("//", `//x-access-token:${token}@`)}/${id}.git`,
    write: (path, content) => Deno.writeTextFile(`${folder}/${path}`, content),
  };
}

/** A gist with three revisions, and a clone of it in the folder `clone`. */
async function cloned({ server, git, url }: Bench, ...options: string[]): Promise<string> {
  const id = server.createGist({ "a.txt": "1\n", "b.txt": "b\n" });
  server.editGist(id, { "a.txt": "2\n" });
  server.editGist(id, { "a.txt": "3\n" });
  await git(".", "clone", "-q", ...options, url(id), "clone");
  return id;
}

async function commitAll({ git }: Bench, at: string, message: string): Promise<string> {
  await git(at, "add", "--all");
  await git(at, "commit", "-q", "-m", message);
  return await git(at, "rev-parse", "HEAD");
}

async function restFiles({ served }: Bench, id: string): Promise<Record<string, string>> {
  const response = await systemFetch(
    new Request(`${served.url}/gists/${id}`, { headers: { "user-agent": "test" } }),
  );
  const { files } = await response.json();
  return Object.fromEntries(
    Object.entries<{ content: string }>(files).map(([name, { content }]) => [name, content]),
  );
}

gitTest("git clone gets every revision, with the ids that REST has", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench);
  const log = await git("clone", "log", "--format=%H");
  assert.deepEqual(log.split("\n"), server.revisions(id).map(({ version }) => version));
  assert.equal(await git("clone", "fsck", "--strict", "--no-dangling"), "");
  assert.equal(await git("clone", "symbolic-ref", "HEAD"), "refs/heads/main");
  assert.equal(await Deno.readTextFile(`${bench.folder}/clone/a.txt`), "3\n");
});

gitTest("git clone needs no token, and follows another branch", async ({ server, served, git }) => {
  const id = server.createGist({ a: "1" }, { branch: "master" });
  await git(".", "clone", "-q", `${served.url}/${id}.git`, "clone");
  assert.equal(await git("clone", "symbolic-ref", "HEAD"), "refs/heads/master");
});

gitTest("git clone of a gist without a commit makes an empty repository", async (bench) => {
  const { server, git, url } = bench;
  const id = server.createGist({});
  await git(".", "clone", "-q", url(id), "clone");
  await bench.write("clone/a.txt", "first\n");
  const version = await commitAll(bench, "clone", "first");
  await git("clone", "push", "-q", "origin", "HEAD:refs/heads/main");
  assert.deepEqual(server.revisions(id).map((revision) => revision.version), [version]);
});

gitTest(
  "git clone --depth 1 gets one commit, and can be deepened and unshallowed",
  async (bench) => {
    const { git } = bench;
    await cloned(bench, "--depth", "1");
    const count = () => git("clone", "rev-list", "--count", "HEAD");
    assert.equal(await count(), "1");
    assert.equal(
      await git("clone", "count-objects", "-v").then((text) => /count: (\d+)/.exec(text)?.[1]),
      "4",
    );
    await git("clone", "fetch", "-q", "--depth", "2");
    assert.equal(await count(), "2");
    await git("clone", "fetch", "-q", "--unshallow");
    assert.equal(await count(), "3");
    assert.equal(await git("clone", "rev-parse", "--is-shallow-repository"), "false");
    assert.equal(await git("clone", "fsck", "--no-dangling"), "");
  },
);

gitTest(
  "git clone --filter leaves out blobs, and gets them when they are needed",
  async (bench) => {
    const { git } = bench;
    await cloned(bench, "--filter=blob:none", "--no-checkout");
    const missing = await git("clone", "rev-list", "--objects", "--missing=print", "HEAD");
    assert.equal(missing.split("\n").filter((line) => line.startsWith("?")).length, 4);
    await git("clone", "checkout", "-q", "main");
    assert.equal(await Deno.readTextFile(`${bench.folder}/clone/a.txt`), "3\n");
  },
);

gitTest("git pull gets only what is new", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench);
  const version = server.editGist(id, { "b.txt": "new\n" });
  server.resetCounts();
  await git("clone", "pull", "-q");
  assert.equal(await git("clone", "rev-parse", "HEAD"), version);
  assert.equal(await Deno.readTextFile(`${bench.folder}/clone/b.txt`), "new\n");
  // A commit, a tree and a blob, and no object of the past.
  const received = await git("clone", "count-objects", "-v");
  assert.equal(/^count: (\d+)/m.exec(received)?.[1], "13");
});

gitTest("git pull into a shallow clone stays shallow, and it can push", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench, "--depth", "1");
  server.editGist(id, { "a.txt": "4\n" });
  await git("clone", "pull", "-q");
  assert.equal(await git("clone", "rev-list", "--count", "HEAD"), "2");
  await bench.write("clone/a.txt", "5\n");
  const version = await commitAll(bench, "clone", "5");
  await git("clone", "push", "-q");
  assert.equal(server.revisions(id)[0]?.version, version);
  assert.equal(server.revisions(id).length, 5);
});

gitTest("git fetch finds what is common to two histories that went apart", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench);
  for (let commit = 0; commit < 40; commit++) {
    await bench.write("clone/mine.txt", `${commit}\n`);
    await commitAll(bench, "clone", `mine ${commit}`);
  }
  const theirs = server.editGist(id, { "b.txt": "theirs\n" });
  await git("clone", "fetch", "-q");
  assert.equal(await git("clone", "rev-parse", "origin/main"), theirs);
  await git("clone", "merge", "-q", "-m", "merge", "origin/main");
  await git("clone", "push", "-q");
  assert.equal(server.revisions(id).length, 3 + 40 + 1 + 1);
  assert.deepEqual(await restFiles(bench, id), {
    "a.txt": "3\n",
    "b.txt": "theirs\n",
    "mine.txt": "39\n",
  });
});

gitTest("git push is seen by REST, and the other way round", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench);
  await bench.write("clone/c.txt", "pushed\n");
  const version = await commitAll(bench, "clone", "c");
  await git("clone", "push", "-q");
  assert.deepEqual(await restFiles(bench, id), {
    "a.txt": "3\n",
    "b.txt": "b\n",
    "c.txt": "pushed\n",
  });
  assert.equal(server.revisions(id)[0]?.version, version);
  const edited = server.editGist(id, { "c.txt": null });
  await git("clone", "pull", "-q");
  assert.equal(await git("clone", "rev-parse", "HEAD"), edited);
  const { gitPolls, gitFetches, gitPushes } = server.counts;
  assert.deepEqual([gitPolls > 0, gitFetches > 0, gitPushes], [true, true, 1]);
});

gitTest(
  "git push of deltas against what is here already, thin as git makes them",
  async (bench) => {
    const { server, git, url } = bench;
    const lines = Array.from({ length: 2_000 }, (_, line) => `line ${line} ${line * line}`);
    const id = server.createGist({ "long.txt": lines.join("\n") });
    await git(".", "clone", "-q", url(id), "clone");
    lines[1_000] = "changed";
    await bench.write("clone/long.txt", lines.join("\n"));
    await commitAll(bench, "clone", "one line");
    server.resetCounts();
    await git("clone", "push", "-q");
    assert.equal((await restFiles(bench, id))["long.txt"], lines.join("\n"));
    // The whole file, even compressed, is more than ten times as much.
    assert(server.counts.bytesReceived < 1_500, `${server.counts.bytesReceived} bytes`);
  },
);

gitTest("git push of a large file arrives in pieces", async (bench) => {
  const { server, git } = bench;
  const id = await cloned(bench);
  let state = 1;
  const noise = Array.from({ length: 300_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state.toString(36);
  }).join("");
  await bench.write("clone/large.txt", noise);
  await commitAll(bench, "clone", "large");
  await git("clone", "-c", "http.postBuffer=65536", "push", "-q");
  assert.equal(server.revisions(id)[0]?.files["large.txt"], noise);
  await git(".", "clone", "-q", bench.url(id), "again");
  assert.equal(await Deno.readTextFile(`${bench.folder}/again/large.txt`), noise);
});

gitTest("git push --force of a commit without a parent leaves a history of one", async (bench) => {
  const { server, git, failing } = bench;
  const id = await cloned(bench);
  const tree = await git("clone", "rev-parse", "HEAD^{tree}");
  const orphan = await git("clone", "commit-tree", "-m", "orphan", tree);
  const said = await failing("clone", "push", "origin", `${orphan}:refs/heads/main`);
  assert.match(said, /non-fast-forward/);
  await git("clone", "push", "-q", "--force", "origin", `${orphan}:refs/heads/main`);
  assert.deepEqual(server.revisions(id).map(({ version }) => version), [orphan]);
  await git(".", "clone", "-q", bench.url(id), "again");
  assert.equal(await git("again", "rev-list", "--count", "--all"), "1");
});

gitTest("git push from an id that the branch has left moves nothing", async (bench) => {
  const { server, git, failing } = bench;
  const id = await cloned(bench);
  await bench.write("clone/a.txt", "mine\n");
  await commitAll(bench, "clone", "mine");
  let theirs = "";
  server.inject((_request, proceed) => {
    theirs = server.editGist(id, { "a.txt": "theirs\n" });
    return proceed();
  }, { kind: "git-push" });
  const said = await failing("clone", "push", "--force");
  assert.match(said, /remote rejected.*failed to update ref/);
  assert.match(
    said,
    new RegExp(`remote: error: cannot lock ref 'refs/heads/main': is at ${theirs}`),
  );
  assert.equal(server.revisions(id)[0]?.version, theirs);
  await git("clone", "fetch", "-q");
});

gitTest("a folder is refused as by GitHub's hook, a new branch is not", async (bench) => {
  const { server, git, failing } = bench;
  const id = await cloned(bench);
  await git("clone", "push", "-q", "origin", "HEAD:refs/heads/other");
  await Deno.mkdir(`${bench.folder}/clone/sub`);
  await bench.write("clone/sub/file", "x");
  await commitAll(bench, "clone", "folder");
  const said = await failing("clone", "push");
  assert.match(said, /remote: Gist does not support directories\./);
  assert.match(said, /remote: sub +\n/);
  assert.match(said, /main -> main \(pre-receive hook declined\)/);
  assert.equal(server.revisions(id).length, 3);
  const refs = await git("clone", "ls-remote", "origin");
  assert.match(refs, /refs\/heads\/other$/);
});

gitTest("a branch cannot be deleted", async (bench) => {
  const { failing } = bench;
  await cloned(bench);
  const said = await failing("clone", "push", "origin", ":refs/heads/main");
  assert.match(said, /! \[remote rejected\] main/);
});

gitTest("a push needs the owner's token", async (bench) => {
  const { server, served, git, failing, url } = bench;
  const id = await cloned(bench);
  await bench.write("clone/a.txt", "x");
  await commitAll(bench, "clone", "x");
  assert.match(
    await failing("clone", "push", `${served.url}/${id}.git`),
    /could not read Username/,
  );
  assert.match(await failing("clone", "push", url(id, "wrong")), /Authentication failed/);
  assert.match(
    await failing("clone", "push", url(id, "other-token")),
    new RegExp(`remote: Permission to ${id}.git denied to other`),
  );
  assert.match(await failing(".", "clone", url("00"), "none"), /repository .* not found/);
  await git(".", "clone", "-q", url(id, "other-token"), "readable");
  assert.equal(server.revisions(id).length, 3);
});

gitTest("faults meet git's requests as well", async (bench) => {
  const { server, git, failing, url } = bench;
  const id = await cloned(bench);
  const [newest, before] = server.revisions(id);
  server.inject(faults.staleRead(), { kind: "git-poll" });
  assert.match(await git(".", "ls-remote", url(id), "HEAD"), new RegExp(`^${before?.version}`));
  assert.match(await git(".", "ls-remote", url(id), "HEAD"), new RegExp(`^${newest?.version}`));
  await bench.write("clone/a.txt", "lost answer\n");
  const version = await commitAll(bench, "clone", "lost answer");
  server.inject(faults.answerLost(), { kind: "git-push" });
  await failing("clone", "push");
  assert.equal(server.revisions(id)[0]?.version, version);
  server.inject(faults.serverError(), { kind: "git-poll" });
  assert.match(await failing("clone", "fetch"), /502/);
});
