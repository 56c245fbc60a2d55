import assert from "node:assert/strict";
import { BucketServer, LOCAL_CREDENTIALS, type Quirks } from "../../../bucket/server/mod.ts";
import { allChecks } from "../../../cli/check/all.ts";
import { type Finding, runChecks } from "../../../cli/check/check.ts";
import { DateObserver } from "../../../cli/check/clock.ts";
import type { Dialer } from "../../../cli/check/network.ts";
import { cleanFinding } from "../../../cli/check/report.ts";
import {
  bucketTarget,
  type CheckOptions,
  gistTarget,
  secretsOf,
} from "../../../cli/check/target.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import type { Protocol } from "../../../gist/mod.ts";
import { GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import { FakeClock, type Fetch, formatRecord } from "../../../lock/mod.ts";
import { URLS } from "../../bucket/bucket_world.ts";
import { held } from "../../contract/world.ts";

/** The token of another account than that of the gists. */
export const STRANGERS_TOKEN = "strangers-token";

/** A network on which every host can be reached at once. */
export const OPEN_NETWORK: Dialer = {
  resolve: () => Promise.resolve(["192.0.2.1"]),
  connect: () => Promise.resolve({ startTls: () => Promise.resolve(), close() {} }),
};

/** A network that opens no connection to some hosts. */
export function blocking(blocked: RegExp): Dialer {
  return {
    ...OPEN_NETWORK,
    connect: (host, port, signal) =>
      blocked.test(host)
        ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        : OPEN_NETWORK.connect(host, port, signal),
  };
}

/** What a test changes of a run. */
export type Changes = Partial<Omit<CheckOptions, "target" | "clock" | "dates">> & {
  readonly token?: string;
  readonly id?: string;
};

/** A gist on the local server, and the checks of it, in virtual time. */
export class GistCheckWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly server: GistServer;
  readonly protocol: Protocol;
  readonly id: string;
  /** Stands between the checks and the server. */
  intercept: (request: Request, send: Fetch) => Promise<Response> = (request, send) =>
    send(request);

  constructor(protocol: Protocol, content = heldBy("eu-west-1", protocol)) {
    this.protocol = protocol;
    this.server = new GistServer({
      clock: this.clock,
      tokens: { [STRANGERS_TOKEN]: "stranger" },
    });
    this.id = this.server.createGist({ "leader-election.json": content });
  }

  async run(changes: Changes = {}): Promise<Findings> {
    const { token = LOCAL_TOKEN, id = this.id, ...options } = changes;
    const fetch: Fetch = (request) => this.intercept(request, this.server.fetch);
    const dates = new DateObserver(fetch, this.clock);
    const gist = {
      id,
      token,
      clock: this.clock,
      fetch: dates.fetch,
      requestTimeout: DEFAULT_TIMINGS.requestTimeout,
    };
    const target = gistTarget({ ...gist, protocol: this.protocol }, "me");
    const found = await findings({ ...base(this.clock), target, dates, ...options }, this.clock);
    return new Findings(found.map((one) => cleanFinding(one, secretsOf(gist))));
  }
}

/** A bucket on the local server, and the checks of it, in virtual time. */
export class BucketCheckWorld {
  readonly clock: FakeClock = new FakeClock();
  readonly server: BucketServer;
  readonly dialect: keyof typeof URLS;
  readonly url: string;

  /** @param content The record; `""` for no object. */
  constructor(
    quirks: Quirks = {},
    content: string = heldBy("eu-west-1", "bucket"),
    dialect: keyof typeof URLS = "s3",
  ) {
    this.dialect = dialect;
    this.url = URLS[dialect];
    this.server = new BucketServer({ clock: this.clock, quirks });
    if (content !== "") this.server.edit(this.url, content);
  }

  async run(changes: Changes = {}): Promise<Findings> {
    const dates = new DateObserver(this.server.fetch, this.clock);
    const target = bucketTarget({
      url: this.url,
      region: "eu-central-1",
      credentials: LOCAL_CREDENTIALS[this.dialect],
      clock: this.clock,
      fetch: dates.fetch,
      random: () => 0.5,
      environment: { get: () => undefined, readFile: () => Promise.reject(new Error("no file")) },
    }, "me");
    return new Findings(
      await findings({ ...base(this.clock), target, dates, ...changes }, this.clock),
    );
  }
}

/** A record with a lease that runs, as a candidate writes it. */
export function heldBy(identity: string, protocol: string): string {
  const renewTime = new FakeClock().wall();
  return formatRecord({ ...held(identity, 7), renewTime, acquireTime: renewTime, protocol });
}

/** What a run found. */
export class Findings {
  readonly all: readonly Finding[];

  constructor(all: readonly Finding[]) {
    this.all = all;
  }

  get(name: string): Finding {
    const found = this.all.find((finding) => finding.name === name);
    assert.ok(found, `no check "${name}" in ${this.all.map(({ name }) => name).join(", ")}`);
    return found;
  }

  get failed(): string[] {
    return this.all.filter(({ ok }) => ok === false).map(({ name }) => name);
  }

  get skipped(): string[] {
    return this.all.filter(({ ok }) => ok === null).map(({ name }) => name);
  }

  /** Asserts that one check failed with an exit code and a message, and which others did. */
  assertFailed(name: string, exitCode: number, message: RegExp, others: readonly string[] = []) {
    const finding = this.get(name);
    assert.equal(finding.ok, false, JSON.stringify(finding));
    assert.match(finding.message, message);
    assert.equal(finding.exitCode, exitCode);
    assert.deepEqual(this.failed.filter((one) => one !== name), others);
  }
}

function base(clock: FakeClock): Omit<CheckOptions, "target" | "dates"> {
  return {
    hasIdentity: true,
    readTimings: () => DEFAULT_TIMINGS,
    candidates: 3,
    isReadOnly: false,
    readyUrl: undefined,
    clock,
    fetch: () => Promise.reject(new TypeError("unexpected request")),
    dialer: OPEN_NETWORK,
    env: () => undefined,
  };
}

/** Lets time pass until all checks have run. */
async function findings(options: CheckOptions, clock: FakeClock): Promise<Finding[]> {
  let ended: Finding[] | undefined;
  let failed: unknown;
  runChecks(allChecks(options), clock).then((all) => ended = all, (error) => failed = error);
  for (let second = 0; second < 1_000 && !ended && !failed; second++) await clock.advance(1_000);
  if (failed) throw failed;
  assert.ok(ended, "the checks have not ended");
  return ended;
}
