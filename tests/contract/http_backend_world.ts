import { GitStore } from "../../gist/git/store.ts";
import { GistLock } from "../../gist/mod.ts";
import { FakeClock, type Fetch } from "../../lock/mod.ts";
import type { GistWorld, WriteFault } from "./world.ts";
import { BACKEND_URL, HttpBackend } from "../support/http_backend.ts";
import { FILE, GIST, isPush } from "../support/real_git.ts";

const OTHER_FILE = "notes.txt";

/** A gist in a repository of real git, behind a network that can be told to fail. */
export class HttpBackendWorld implements GistWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly #backend: HttpBackend;
  readonly #folder: string;
  #fault: WriteFault | undefined;
  #late: Request | undefined;
  #isStale = false;
  #notes = 0;

  private constructor(backend: HttpBackend, folder: string) {
    this.#backend = backend;
    this.#folder = folder;
  }

  /** Makes a world; the lock's file holds `content`, or is not there. */
  static async create(content?: string): Promise<HttpBackendWorld> {
    const backend = await HttpBackend.create();
    const files = { [OTHER_FILE]: "a note", ...(content !== undefined && { [FILE]: content }) };
    return new HttpBackendWorld(backend, await backend.addRepository(GIST, [{ files }]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend[Symbol.asyncDispose]();
  }

  lock(identity: string): GistLock {
    return new GistLock({ ...this.#options(), identity, protocol: "git" });
  }

  store(): GitStore {
    return new GitStore(this.#options());
  }

  async edit(content: string | null): Promise<void> {
    await this.#backend.commit(this.#folder, { files: { [FILE]: content ?? undefined } });
  }

  async editOtherFile(): Promise<void> {
    this.#notes++;
    await this.#backend.commit(this.#folder, { files: { [OTHER_FILE]: `note ${this.#notes}` } });
  }

  async otherFile(): Promise<string> {
    return await this.#backend.git(["show", `main:${OTHER_FILE}`], { folder: this.#folder });
  }

  failNextWrite(fault: WriteFault): void {
    this.#fault = fault;
  }

  async arriveLate(): Promise<void> {
    if (!this.#late) {
      throw new Error("Cannot let a write arrive as there must be one: none is late");
    }
    await this.#backend.fetch(this.#late);
    this.#late = undefined;
  }

  staleNextRead(): void {
    this.#isStale = true;
  }

  #options() {
    const { clock } = this;
    return { id: GIST, token: "ghp_token", baseUrl: BACKEND_URL, clock, fetch: this.#fetch };
  }

  readonly #fetch: Fetch = async (request) => {
    if (isPush(request)) return await this.#push(request);
    const response = await this.#backend.fetch(request);
    if (!this.#isStale || request.method !== "GET") return response;
    this.#isStale = false;
    const [head = "", before = head] = await this.#backend.pastHeads(this.#folder);
    return new Response((await response.text()).replaceAll(head, before), response);
  };

  async #push(request: Request): Promise<Response> {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault === "applied late") this.#late = request.clone();
    if (fault === "applied twice") await this.#backend.fetch(request.clone());
    if (fault === "answer lost") await this.#backend.fetch(request);
    if (fault === undefined || fault === "applied twice") return await this.#backend.fetch(request);
    throw new TypeError("connection reset");
  }
}
