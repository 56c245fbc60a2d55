/** The parts of an object that the server looks at. */
export interface StoredObject {
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly annotations?: Record<string, string>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/**
 * A Kubernetes API server with one ConfigMap. As the real one does, it refuses a write with another `resourceVersion` than
 * the object's, takes one without for unconditional, and keeps the version if nothing changes.
 */
export class FakeApiServer {
  readonly #path: string;
  #version = 1;
  #object: StoredObject;
  /** The status of each write. */
  readonly writes: number[] = [];
  /** Answers to come, in place of the real ones. */
  readonly failures: { GET: number[]; PUT: number[] } = { GET: [], PUT: [] };

  constructor(path: string, object: StoredObject) {
    this.#path = path;
    this.#object = object;
  }

  /** The object, as a GET returns it. */
  get object(): StoredObject {
    const metadata = { ...this.#object.metadata, resourceVersion: `${this.#version}` };
    return structuredClone({ ...this.#object, metadata });
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname !== this.#path) return status(404, "NotFound");
    const failure = this.failures[request.method === "GET" ? "GET" : "PUT"].shift();
    if (request.method === "GET") {
      return failure ? status(failure, "Failure") : Response.json(this.object);
    }
    const answer = failure ? status(failure, "Failure") : this.#replace(await request.json());
    this.writes.push(answer.status);
    return answer;
  };

  #replace(object: StoredObject): Response {
    const { resourceVersion, ...metadata } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== `${this.#version}`) {
      return status(409, "Conflict");
    }
    const next = { ...object, metadata };
    if (JSON.stringify(next) !== JSON.stringify(this.#object)) this.#version++;
    this.#object = next;
    return Response.json(this.object);
  }
}

function status(code: number, reason: string): Response {
  return Response.json({ kind: "Status", status: "Failure", reason, code }, { status: code });
}
