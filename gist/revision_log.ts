import { type CallOptions, LockUnavailableError } from "../lock/mod.ts";
import { type GistAnswer, readGist, readVersions } from "./gist_answer.ts";
import { baseOf, type Revision } from "./in_effect.ts";
import type { GistClient } from "./rest_client.ts";

/** How many contents are kept: more than one search looks at. */
const MAX_CONTENTS = 128;
/** How many links from a revision to the one before it are kept. */
const MAX_LINKS = 1_024;
/**
 * The pages that the history is read in. They overlap by one revision, as one that is added between two answers moves all
 * the others on: neighbours count only where one answer shows them side by side.
 */
const PAGES = [{ size: 100, page: 1 }, { size: 99, page: 2 }] as const;
/** The longest history of one answer that is taken in, in revisions: as far as those pages reach. */
const MAX_HISTORY = 199;

/** The revisions of a gist. One never changes once it is written, so each is asked for once. */
export class RevisionLog {
  readonly #client: GistClient;
  readonly #file: string;
  readonly #where: string;
  readonly #contents = new Map<string, string | undefined>();
  /** From a revision to its predecessor; to `undefined` from the first. */
  readonly #links = new Map<string, string | undefined>();

  /** Makes a log that knows no revision yet. */
  constructor(client: GistClient, file: string, where: string) {
    this.#client = client;
    this.#file = file;
    this.#where = where;
  }

  /**
   * Takes in what one answer says: a content, and the history that it is the newest of.
   *
   * Only a record whose base is the predecessor shown beside it proves that the two belong together. Any other content may
   * be void or foreign, or the answer mixes two revisions: the revision, asked for by its own name, will tell.
   */
  learn({ content, history = [] }: GistAnswer): void {
    this.#learnLinks(history);
    const [head, predecessor] = history;
    if (head === undefined || predecessor === undefined) return;
    if (baseOf(content) === predecessor) this.#learnContent(head, content);
  }

  /** The newest revision, asked for anew. */
  async head(options: CallOptions): Promise<string> {
    const [head] = await this.#readPage(PAGES[0], options);
    if (head === undefined) {
      throw new LockUnavailableError(`Cannot read ${this.#where} as it must have a revision`);
    }
    return head;
  }

  /** One revision, by its name. */
  async revision(version: string, options: CallOptions): Promise<Revision> {
    const predecessor = await this.#predecessor(version, options);
    return { version, predecessor, content: await this.content(version, options) };
  }

  /** The file's text at one revision. */
  async content(version: string, { signal }: CallOptions): Promise<string | undefined> {
    if (!this.#contents.has(version)) {
      const { value } = await this.#client.request("GET", `/${version}`, this.#where, { signal });
      this.#learnContent(version, readGist(value, this.#file).content);
    }
    return this.#contents.get(version);
  }

  async #predecessor(version: string, options: CallOptions): Promise<string | undefined> {
    for (const page of PAGES) {
      if (this.#links.has(version)) break;
      await this.#readPage(page, options);
    }
    if (!this.#links.has(version)) {
      throw new LockUnavailableError(
        `Cannot find the revision before ${version} of ${this.#where} as the history moved on while it was read: read again`,
      );
    }
    return this.#links.get(version);
  }

  async #readPage(
    { size, page }: typeof PAGES[number],
    { signal }: CallOptions,
  ): Promise<readonly string[]> {
    const path = `/commits?per_page=${size}&page=${page}`;
    const { value, hasNext } = await this.#client.request("GET", path, this.#where, { signal });
    const versions = readVersions(value);
    this.#learnLinks(versions);
    const last = versions.at(-1);
    // A full page may be the last, too; the next one tells.
    if (last !== undefined && !hasNext && versions.length < size) {
      remember(this.#links, last, undefined, MAX_LINKS);
    }
    return versions;
  }

  #learnLinks(history: readonly string[]): void {
    const known = history.slice(0, MAX_HISTORY);
    known.slice(1).forEach((predecessor, index) => {
      remember(this.#links, known[index] ?? "", predecessor, MAX_LINKS);
    });
  }

  #learnContent(version: string, content: string | undefined): void {
    remember(this.#contents, version, content, MAX_CONTENTS);
  }
}

/** Keeps an entry as the newest, and forgets the oldest of too many. */
function remember<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
