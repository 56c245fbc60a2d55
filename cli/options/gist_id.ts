/** A git address of SSH: `git@gist.github.com:ID.git`. */
const SSH = /^(?:[\w.-]+@)?[\w.-]+:([0-9a-f]{1,64})\.git$/i;

/** What may come before the id in a path besides a user: on GitHub Enterprise Server, and in the API. */
const PREFIXES: readonly string[] = ["gist", "gists", "api", "v3"];

/** The shortest id of GitHub's own; a user's name of so many hexadecimal digits is not to be expected. */
const SHORTEST_ID = 20;

/**
 * Reads a gist's id, or takes it from an address of the gist such as people copy it: `https://gist.github.com/USER/ID`, with
 * `.git`, a revision, a fragment or a query.
 *
 * @returns The id, or the text as it is if it is not an address; `undefined` if it is the address of something else.
 */
export function parseGist(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/[/:]/.test(trimmed)) return text;
  const id = SSH.exec(trimmed)?.[1] ?? idInUrl(trimmed);
  return id?.toLowerCase();
}

function idInUrl(text: string): string | undefined {
  // Without a scheme, as in the address line of a browser.
  const url = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\//.test(text) ? `https://${text}` : text;
  if (!/^[a-z]+:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  const { pathname } = new URL(url);
  const parts = pathname.split("/").filter((part) => part !== "");
  while (PREFIXES.includes(parts[0] ?? "")) parts.shift();
  const [first, second] = parts.map((part) => /^([0-9a-f]{1,64})(?:\.git)?$/i.exec(part)?.[1]);
  // A user's name may look like an id, and a revision may follow an id.
  const isName = first === undefined || (second !== undefined && first.length < SHORTEST_ID);
  const isWhole = parts.length > 0 && (!isName || second !== undefined);
  return !isWhole ? undefined : isName ? second : first;
}
