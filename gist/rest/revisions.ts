import { type CallOptions, LockUnavailableError } from "../../lock/mod.ts";
import { readVersions } from "./response.ts";
import { MAX_REVISIONS, type Revision } from "./in_effect.ts";
import { type GistFile, readRevision } from "./read_revision.ts";
import { RecentMap } from "../../store/kit.ts";

/** How many revisions are read at once, at most: GitHub allows a hundred requests at once, of all candidates together. */
const MAX_AT_ONCE = 16;
/** How many texts are kept: more than one search goes through, so that one that was given up can go on where it was. */
const MAX_TEXTS = 2 * MAX_REVISIONS;
/** How many characters all texts that are kept have together. */
const MAX_CHARACTERS = 8 * 1_048_576;
/** How many links from a revision to the one before it are kept. */
const MAX_LINKS = 4 * MAX_REVISIONS;
/** The longest history of one answer that is taken in, in revisions. */
const MAX_HISTORY = 1_000;
/** How many pages are read for one link: the history may have grown by as much since its depth was known. */
const MAX_PAGES = 3;
/** How far back the successor of a revision is looked for, in revisions: as many candidates may have written at once. */
const MAX_RACERS = 250;
/** The longest page of the API, in revisions. */
const PAGE_SIZE = 100;

/** A text that was read by the name of its revision. */
interface Text {
  readonly content: string | undefined;
}

/**
 * The revisions of a gist. One never changes once it is written, so each is read once.
 *
 * A text is taken in only where it was read by its revision's own name: any other answer may be put together from two
 * instants. That two revisions are neighbours is taken in from every answer that shows them side by side.
 */
export class RevisionLog {
  readonly #gist: GistFile;
  readonly #texts = new RecentMap<Text>({
    entries: MAX_TEXTS,
    weight: MAX_CHARACTERS,
    weigh: ({ content = "" }) => content.length,
  });
  /** From a revision to its predecessor; to `undefined` from the first. */
  readonly #links = new RecentMap<string | undefined>({ entries: MAX_LINKS });

  /** Makes a log that knows no revision yet. */
  constructor(gist: GistFile) {
    this.#gist = gist;
  }

  /** Takes in which revisions an answer shows side by side, newest first. */
  learnLinks(history: readonly string[] = []): void {
    const known = history.slice(0, MAX_HISTORY);
    known.slice(1).forEach((predecessor, index) =>
      this.#links.set(known[index] ?? "", predecessor)
    );
  }

  /** Whether the text of a revision is known, by the revision's own name. */
  has(version: string): boolean {
    return this.#texts.has(version);
  }

  /** The text of a revision that is known. */
  known(version: string): string | undefined {
    return this.#texts.get(version)?.content;
  }

  /** The newest revision, asked for anew. */
  async head(options: CallOptions): Promise<string> {
    const [head] = await this.#readPage(pageAt(0), options);
    if (head === undefined) {
      throw new LockUnavailableError(`Cannot read ${this.#gist.where} as it must have a revision`);
    }
    return head;
  }

  /** The file's text at one revision. */
  async content(version: string, options: CallOptions): Promise<string | undefined> {
    return (await this.#text(version, options)).content;
  }

  /**
   * The revisions from one of them back, ending with the first. They are read ahead in batches, one by one to begin with:
   * mostly the first is the last that is asked for.
   */
  async *back(newest: string, options: CallOptions): AsyncGenerator<Revision, void, void> {
    let next: string | undefined = newest;
    for (let depth = 0; next !== undefined;) {
      const batch = this.#chain(next, Math.min(MAX_AT_ONCE, Math.max(1, depth)));
      const texts = await Promise.allSettled(
        batch.map((version) => this.#text(version, options)),
      );
      for (const [index, version] of batch.entries()) {
        const text = texts[index];
        // One that the search does not come to need may fail.
        if (text?.status !== "fulfilled") throw text?.reason;
        next = await this.#predecessor(version, depth++, options);
        yield { version, predecessor: next, ...text.value };
      }
    }
  }

  /**
   * The revision directly after another one, from what an answer shows of the history; `undefined` if it shows no later one.
   *
   * @param history The newest revisions, newest first. It need not reach back to that one, nor be new enough to show it.
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

  /** A revision and those before it, as far as their names are known, at most so many. */
  #chain(newest: string, most: number): string[] {
    const chain = [newest];
    for (let next = this.#links.get(newest); next !== undefined && chain.length < most;) {
      chain.push(next);
      next = this.#links.get(next);
    }
    return chain;
  }

  /** @param depth How many revisions there are at least before it in the history, as that lists the newest first. */
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
        `Cannot find the revision before ${version} of ${this.#gist.where} as the history moved on while it was read: read again`,
      );
    }
    return this.#links.get(version);
  }

  async #readPage(
    { size, number }: Page,
    { signal }: CallOptions,
  ): Promise<readonly string[]> {
    const path = `/commits?per_page=${size}&page=${number}`;
    const { value, hasNext } = await this.#gist.client.request("GET", path, this.#gist.where, {
      signal,
    });
    const versions = readVersions(value);
    this.learnLinks(versions);
    const last = versions.at(-1);
    // A full page may be the last, too; the next one tells.
    if (last !== undefined && !hasNext && versions.length < size) this.#links.set(last, undefined);
    return versions;
  }
}

/** A page of the history. */
interface Page {
  readonly size: number;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * The page that shows the revision with that many newer ones beside the one before it, and most of those before that one.
 * Neighbours count only where one answer shows them side by side: one that is added between two answers moves all others on.
 */
function pageAt(offset: number): Page {
  let best = PAGE_SIZE;
  for (let size = PAGE_SIZE; size > PAGE_SIZE / 2; size--) {
    if (offset % size < offset % best) best = size;
  }
  return { size: best, number: Math.floor(offset / best) + 1 };
}
