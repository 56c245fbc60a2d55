import { type Fetch, StaleTokenError } from "../../mod.ts";

interface Fenced<T> {
  readonly token: number;
  readonly value?: T | undefined;
}

/** Changes the value of an object, unless a higher token is in it. `fetch` signs the requests. */
export async function updateObject<T>(
  fetch: Fetch,
  url: string,
  token: number,
  change: (value: T | undefined) => T | undefined,
): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const found = await fetch(new Request(url));
    const etag = found.headers.get("ETag");
    const { token: seen, value } = await contentOf<T>(found);
    if (seen > token) throw new StaleTokenError(token, seen);
    const written = await fetch(
      new Request(url, {
        method: "PUT",
        // The store refuses this if the object has changed since it was read.
        headers: etag ? { "If-Match": etag } : { "If-None-Match": "*" },
        body: JSON.stringify({ token, value: change(value) }),
      }),
    );
    await written.body?.cancel();
    if (written.ok) return;
    // 412, or 409 from S3: another write came first. Read again, and see whose.
    if (written.status !== 412 && written.status !== 409) throw failure("write", written);
  }
  throw new Error("The object changed at each of 5 attempts: try again later");
}

async function contentOf<T>(found: Response): Promise<Fenced<T>> {
  if (found.ok) {
    const content: Fenced<T> = await found.json();
    if (Number.isSafeInteger(content?.token)) return content;
    throw new TypeError("The object has no fencing token: write it by this function only");
  }
  await found.body?.cancel();
  if (found.status === 404) return { token: -1 };
  throw failure("read", found);
}

function failure(verb: string, { status }: Response): Error {
  return new Error(`Cannot ${verb} the object: the store answered ${status}`);
}
