import { type CallOptions, LockUnavailableError } from "../../lock/mod.ts";
import { readVersions } from "./response.ts";
import { MAX_REVISIONS, type Revision } from "./in_effect.ts";
import type { GistClient } from "./client.ts";
import { readRevision } from "./read_revision.ts";
import { RecentMap } from "../../store/kit.ts";

/** The most parallel requests. GitHub allows a hundred, of all candidates together. */
const MAX_AT_ONCE = 16;
/** The most contents to keep: more than one search needs, so that an aborted search can continue. */
const MAX_TEXTS = 2 * MAX_REVISIONS;
/** The most characters of all contents together. */
const MAX_CHARACTERS = 8 * 1_048_576;
/** The most links between neighbours to keep. */
const MAX_LINKS = 4 * MAX_REVISIONS;
/** The most revisions of one response's history to use. */
const MAX_HISTORY = 1_000;
/** The most pages to read for one link: the history may have grown by as much since its depth was known. */
const MAX_PAGES = 3;
/** The most revisions to search for a successor: as many candidates may have written at once. */
const MAX_RACERS = 250;
/** The largest page of the API. */
const PAGE_SIZE = 100;

/** A content that was read by the name of its revision. */
interface Text {
  readonly content: string | undefined;
}

/**
 * The revisions of a gist. They never change, so each is read once.
 *
 * A content is kept only if it was read by its revision's own name, as any other response may mix two instants. The link
 * between two neighbours is kept from every response that lists them side by side.
 */
export class RevisionLog {
  readonly #gist: GistClient;
  readonly #texts = new RecentMap<Text>({
    entries: MAX_TEXTS,
    weight: MAX_CHARACTERS,
    weigh: ({ content = "" }) => content.length,
  });
  /** The predecessor of each revision; `undefined` for the first. */
  readonly #links = new RecentMap<string | undefined>({ entries: MAX_LINKS });

  constructor(gist: GistClient) {
    this.#gist = gist;
  }

  /** Keeps the links of a history, which is listed newest first. */
  learnLinks(history: readonly string[] = []): void {
    const known = history.slice(0, MAX_HISTORY);
    known.slice(1).forEach((predecessor, index) =>
      this.#links.set(known[index] ?? "", predecessor)
    );
  }

  /** Whether the content of a revision is known. */
  has(version: string): boolean {
    return this.#texts.has(version);
  }

  known(version: string): string | undefined {
    return this.#texts.get(version)?.content;
  }

  /** Fetches the newest revision. */
  async head(options: CallOptions): Promise<string> {
    const [head] = await this.#readPage(pageAt(0), options);
    if (head === undefined) {
      throw new LockUnavailableError(
        `Cannot read ${this.#gist.where}: the server lists no revision`,
      );
    }
    return head;
  }

  async content(version: string, options: CallOptions): Promise<string | undefined> {
    return (await this.#text(version, options)).content;
  }

  /**
   * Iterates over the revisions from `newest` back to the first. Reads ahead in growing batches, starting with one, as the
   * first revision is mostly all that is needed.
   */
  async *back(newest: string, options: CallOptions): AsyncGenerator<Revision, void, void> {
    let next: string | undefined = newest;
    for (let depth = 0; next !== undefined;) {
      const batch = this.#chain(next, Math.min(MAX_AT_ONCE, Math.max(1, depth)));
      const texts = await Promise.allSettled(batch.map((version) => this.#text(version, options)));
      for (const [index, version] of batch.entries()) {
        const text = texts[index];
        // A revision that the caller does not need may fail.
        if (text?.status !== "fulfilled") throw text?.reason;
        next = await this.#predecessor(version, depth++, options);
        yield { version, predecessor: next, ...text.value };
      }
    }
  }

  /**
   * Returns the revision directly after another one; `undefined` if the history shows no later one.
   *
   * @param history The newest revisions, newest first. It may end before that revision, or be too old to show it.
   */
  async successor(
    version: string,
    history: readonly string[],
    options: CallOptions,
  ): Promise<string | undefined> {
    const at = history.indexOf(version);
    if (at >= 0) return history[at - 1];
    const [head] = history;
    if (head === undefined || this.#chain(version, MAX_AT_ONCE).includes(head)) return undefined;
    let next: string | undefined = head;
    for (let depth = 0; next !== undefined && depth < MAX_RACERS; depth++) {
      const predecessor: string | undefined = await this.#predecessor(next, depth, options);
      if (predecessor === version) return next;
      next = predecessor;
    }
    return undefined;
  }

  async #text(version: string, options: CallOptions): Promise<Text> {
    const known = this.#texts.get(version);
    if (known) return known;
    const { content, history } = await readRevision(this.#gist, version, options);
    this.learnLinks(history);
    const text = { content };
    this.#texts.set(version, text);
    return text;
  }

  /** Returns a revision and its predecessors, as far as they are known, `most` in total. */
  #chain(newest: string, most: number): string[] {
    const chain = [newest];
    for (let next = this.#links.get(newest); next !== undefined && chain.length < most;) {
      chain.push(next);
      next = this.#links.get(next);
    }
    return chain;
  }

  /** @param depth The least number of newer revisions: where to start reading the list. */
  async #predecessor(
    version: string,
    depth: number,
    options: CallOptions,
  ): Promise<string | undefined> {
    let last = depth;
    for (let count = 0; count < MAX_PAGES && !this.#links.has(version); count++) {
      const page = pageAt(last);
      const versions = await this.#readPage(page, options);
      if (versions.length < page.size) break;
      last = page.size * page.number - 1;
    }
    if (!this.#links.has(version)) {
      throw new LockUnavailableError(
        `Cannot find the revision before ${version} of ${this.#gist.where}: the history changed while it was read; read again`,
      );
    }
    return this.#links.get(version);
  }

  async #readPage({ size, number }: Page, { signal }: CallOptions): Promise<readonly string[]> {
    const path = `/commits?per_page=${size}&page=${number}`;
    const { value, hasNext } = await this.#gist.request("GET", path, { signal });
    const versions = readVersions(value);
    this.learnLinks(versions);
    const last = versions.at(-1);
    // A full page may be the last: the next one, which is then empty, shows it.
    if (last !== undefined && !hasNext && versions.length < size) this.#links.set(last, undefined);
    return versions;
  }
}

interface Page {
  readonly size: number;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Returns the page that lists the revision at an offset next to its predecessor, and most revisions before that. Links are
 * kept only within a page: a revision that is added between two requests moves all others.
 */
function pageAt(offset: number): Page {
  let best = PAGE_SIZE;
  for (let size = PAGE_SIZE; size > PAGE_SIZE / 2; size--) {
    if (offset % size < offset % best) best = size;
  }
  return { size: best, number: Math.floor(offset / best) + 1 };
}
