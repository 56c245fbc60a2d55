import { type Fetch, StaleTokenError } from "../../mod.ts";

const ANNOTATION = "leader-election.example.com/fencing-token";

interface KubernetesObject {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** Changes an object, unless it has been changed under a higher token. `fetch` adds the credentials. */
export async function updateKubernetesObject<T extends KubernetesObject>(
  fetch: Fetch,
  url: string,
  token: number,
  change: (object: T) => T,
): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const found = await fetch(new Request(url));
    if (!found.ok) throw await failure("read", found);
    const object: T = await found.json();
    const { resourceVersion, annotations } = object.metadata;
    const seen = Number(annotations?.[ANNOTATION] ?? -1);
    if (!Number.isSafeInteger(seen)) throw new TypeError(`${ANNOTATION} must be a token`);
    if (seen > token) throw new StaleTokenError(token, seen);
    const { metadata, ...rest } = change(object);
    const marked = { ...metadata.annotations, [ANNOTATION]: `${token}` };
    const written = await fetch(
      new Request(url, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        // The server refuses this if the object has changed since this version.
        body: JSON.stringify({
          ...rest,
          metadata: { ...metadata, resourceVersion, annotations: marked },
        }),
      }),
    );
    if (written.ok) return await written.body?.cancel();
    // 409: another write came first. Read again, and see whose.
    if (written.status !== 409) throw await failure("write", written);
    await written.body?.cancel();
  }
  throw new Error("The object changed at each of 5 attempts: try again later");
}

async function failure(verb: string, response: Response): Promise<Error> {
  await response.body?.cancel();
  return new Error(`Cannot ${verb} the object: the API server answered ${response.status}`);
}
