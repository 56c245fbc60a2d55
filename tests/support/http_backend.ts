/**
 * Real git as a gist server: `git http-backend` answers each request in a process of its own, on repositories in a
 * temporary folder.
 */

import { encodeText } from "../../gist/git/objects/bytes.ts";
import type { Fetch } from "../../lock/mod.ts";
import { findProgram } from "./programs.ts";

/** Whether git is on this machine; a test that needs it is ignored where it is not, and says so by that. */
export const hasGit: boolean =
  await findProgram("git", "the tests against git", ["http-backend"]) !== undefined;

/** Where an in-process {@linkcode HttpBackend.fetch} seems to be. */
export const BACKEND_URL = "http://127.0.0.1:9";

/** One commit of a repository that is made for a test. */
export interface Seed {
  /** The files that the commit changes; `undefined` deletes one. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** The branch that it goes on. @default {"main"} */
  readonly branch?: string;
}

const CONFIG = `
[http]
	receivepack = true
[receive]
	denyDeletes = true
	denyNonFastForwards = false
	fsckObjects = true
	autogc = false
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
[core]
	fsync = none
	logAllRefUpdates = always
`;

/** A folder of bare repositories behind `git http-backend`. Dispose of it to remove the folder. */
export class HttpBackend implements AsyncDisposable {
  readonly root: string;
  /** How many requests were answered. */
  requests = 0;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<HttpBackend> {
    return new HttpBackend(await Deno.makeTempDir({ prefix: "http-backend-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }

  /** Makes a bare repository and returns its folder. */
  async addRepository(id: string, seeds: readonly Seed[], config = ""): Promise<string> {
    const folder = `${this.root}/${id}.git`;
    const branch = seeds[0]?.branch ?? "main";
    await this.git(["init", "--quiet", "--bare", `--initial-branch=${branch}`, folder]);
    await Deno.writeTextFile(`${folder}/config`, CONFIG + config, { append: true });
    if (seeds.length > 0) {
      await this.git(["fast-import", "--quiet"], { folder, input: fastImport(seeds) });
    }
    return folder;
  }

  /** Makes a commit on top of what is there, as a person does. */
  async commit(folder: string, seed: Seed): Promise<string> {
    const { branch = "main" } = seed;
    const input = fastImport([seed], `from refs/heads/${branch}^0\n`);
    await this.git(["fast-import", "--quiet"], { folder, input });
    return await this.git(["rev-parse", branch], { folder });
  }

  /** Every commit that a branch was at, newest first. */
  async pastHeads(folder: string, branch = "main"): Promise<string[]> {
    return (await this.git(["reflog", "show", "--format=%H", branch], { folder })).split("\n");
  }

  /** Runs git and returns what it prints. */
  async git(
    args: readonly string[],
    { folder = this.root, input = "" }: { folder?: string; input?: string } = {},
  ): Promise<string> {
    const { code, stdout, stderr } = await run({
      args: ["-C", folder, ...args],
      env: this.#env(),
      input: encodeText(input),
    });
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout).trimEnd();
  }

  readonly fetch: Fetch = async (request) => {
    this.requests++;
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const { stdout } = await run({
      args: ["http-backend"],
      env: {
        ...this.#env(),
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        REMOTE_ADDR: "127.0.0.1",
        CONTENT_TYPE: request.headers.get("content-type") ?? "",
        CONTENT_LENGTH: String(body.length),
        HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      },
      input: body,
    });
    return parseCgiAnswer(stdout);
  };

  /** Answers on a port of this machine too, for real git's own client. */
  serve(): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, this.fetch);
  }

  #env(): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: this.root,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "A person",
      GIT_AUTHOR_EMAIL: "person@localhost",
      GIT_COMMITTER_NAME: "A person",
      GIT_COMMITTER_EMAIL: "person@localhost",
    };
  }
}

interface Run {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly input: Uint8Array<ArrayBuffer>;
}

async function run({ args, env, input }: Run): Promise<Deno.CommandOutput> {
  const command = new Deno.Command("git", {
    args: [...args],
    clearEnv: true,
    env,
    stdin: input.length > 0 ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  });
  if (input.length === 0) return await command.output();
  const child = command.spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  // A process that has seen enough closes its end; what it said about it is in its output.
  await writer.write(input).then(() => writer.close()).catch(() => {});
  return await output;
}

function parseCgiAnswer(bytes: Uint8Array<ArrayBuffer>): Response {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 4_096));
  const end = text.indexOf("\r\n\r\n");
  const headers = new Headers();
  let status = 200;
  for (const line of text.slice(0, Math.max(0, end)).split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") status = Number.parseInt(value);
    else if (name !== "") headers.append(name, value);
  }
  return new Response(bytes.subarray(end + 4), { status: end < 0 ? 500 : status, headers });
}

function fastImport(seeds: readonly Seed[], from = ""): string {
  const data = (text: string) => `data ${encodeText(text).length}\n${text}\n`;
  return seeds.map(({ files, branch = "main" }, index) =>
    [
      `commit refs/heads/${branch}\n`,
      `committer A person <person@localhost> ${1_767_323_045 + index} +0000\n`,
      data(`Seed ${index}`),
      index === 0 ? from : "",
      ...Object.entries(files).map(([name, text]) =>
        text === undefined ? `D ${name}\n` : `M 100644 inline ${name}\n${data(text)}`
      ),
    ].join("")
  ).join("\n");
}
