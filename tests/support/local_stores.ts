import { LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { type LeaderElectionRecord, parseRecord } from "../../lock/mod.ts";

/** What a lock can live in. */
export const STORES = ["git", "rest", "bucket"] as const;

export type StoreName = typeof STORES[number];

/** A lock on a local server, for processes. */
export interface LocalStore extends AsyncDisposable {
  readonly url: string;
  fetch(request: Request): Promise<Response>;
  /** The variables that lead the program to the lock, by a server at `url`. */
  env(url?: string): Record<string, string>;
  record(): LeaderElectionRecord;
}

export const LOCK = "s3://locks/leader-election.json";
const FILE = "leader-election.json";

/** No store but the one that is meant, whatever is set where the tests run. */
const NONE = {
  ELECTOR_LOCK: "",
  GIST_ID: "",
  GITHUB_TOKEN: "",
  GITHUB_API_TOKEN: "",
  AWS_SESSION_TOKEN: "",
  NO_COLOR: "1",
};

/** Short timings ask more often than GitHub allows. */
export const NO_LIMITS = {
  requestsPerHour: Infinity,
  anonymousRequestsPerHour: Infinity,
  pointsPerMinute: Infinity,
  creationsPerMinute: Infinity,
  creationsPerHour: Infinity,
};

/** Serves a lock that was never held. */
export function openStore(name: StoreName): LocalStore {
  return name === "bucket" ? openBucket() : openGist(name);
}

function openGist(protocol: "git" | "rest"): LocalStore {
  const served = serveGists({ limits: NO_LIMITS });
  const { server } = served;
  const gist = server.createGist({ [FILE]: "{}" });
  return {
    url: served.url,
    fetch: (request) => server.fetch(request),
    env: (url = served.url) => ({
      ...NONE,
      GIST_ID: gist,
      GITHUB_TOKEN: LOCAL_TOKEN,
      ELECTOR_API_URL: url,
      ELECTOR_PROTOCOL: protocol,
    }),
    record: () => parseRecord(server.revisions(gist)[0]?.files[FILE] ?? "{}"),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

function openBucket(): LocalStore {
  const served = serveBuckets();
  const { server } = served;
  server.edit(LOCK, "{}");
  return {
    url: served.url,
    fetch: (request) => server.fetch(request),
    env: (url = served.url) => bucketEnv(url),
    record: () => parseRecord(server.object(LOCK)?.content ?? "{}"),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** The variables that lead the program to a bucket on this machine. */
export function bucketEnv(url: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS.s3;
  return {
    ...NONE,
    ELECTOR_LOCK: LOCK,
    AWS_ENDPOINT_URL_S3: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
