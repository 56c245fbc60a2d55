import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { exitCodeOf } from "../../../cli/check/report.ts";
import { SCRATCH_DESCRIPTION, tryStaleEdit, tryStalePush } from "../../../gist/mod.ts";
import { faults, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import type { Fetch } from "../../../lock/mod.ts";
import { DIALECTS } from "../../bucket/bucket_world.ts";
import {
  blocking,
  BucketCheckWorld,
  GistCheckWorld,
  heldBy,
  STRANGERS_TOKEN,
} from "./check_world.ts";

const PROTOCOLS = ["git", "rest"] as const;

for (const protocol of PROTOCOLS) {
  Deno.test(`every check of a sound gist passes by ${protocol}, and leaves it as it was`, async () => {
    const world = new GistCheckWorld(protocol);
    const before = world.server.revisions(world.id);
    const found = await world.run();
    assert.deepEqual(found.failed, []);
    assert.deepEqual(found.skipped, ["scope", "workload"]);
    assert.equal(exitCodeOf(found.all), 0);
    assert.match(found.get("record").message, /same protocol \((git|rest)\); "eu-west-1" leads/);
    assert.deepEqual(world.server.revisions(world.id), before);
  });

  Deno.test(`a wrong token is found by ${protocol}`, async () => {
    const found = await new GistCheckWorld(protocol).run({ token: "mistyped-token" });
    const others = protocol === "git"
      ? ["record", "push access", "round trips"]
      : ["record", "stale write", "round trips"];
    found.assertFailed("token", 77, /does not know the token.*expired or revoked/, others);
    assert.equal(exitCodeOf(found.all), 77);
  });

  Deno.test(`a right token of another account is found by ${protocol}`, async () => {
    const found = await new GistCheckWorld(protocol).run({ token: STRANGERS_TOKEN });
    const others = protocol === "git" ? ["push access"] : [];
    const message = /belongs to "local" and the token to "stranger": use a token of "local"/;
    found.assertFailed("owner", 77, message, others);
    assert.equal(found.get("token").message, 'of the account "stranger"');
  });

  Deno.test(`a gist of another owner is found by ${protocol}`, async () => {
    const world = new GistCheckWorld(protocol);
    world.intercept = async (request, send) => {
      const response = await send(request);
      const isGist = new URL(request.url).pathname === `/gists/${world.id}`;
      if (!isGist || response.status !== 200) return response;
      const gist = await response.json();
      return Response.json({ ...gist, owner: { login: "Somebody\x1b[2J" } }, response);
    };
    const found = await world.run();
    found.assertFailed(
      "owner",
      77,
      /belongs to "Somebody\S*" and the token to "local".*check the gist/,
    );
    assert.ok(!found.get("owner").message.includes("\x1b"));
  });

  Deno.test(`a gist that does not exist is found by ${protocol}`, async () => {
    const found = await new GistCheckWorld(protocol).run({ id: "0123456789abcdef0123" });
    assert.ok(found.failed.includes("owner") && found.failed.includes("record"));
    assert.match(found.get("owner").message, /does not exist or this token cannot read it/);
    assert.equal(exitCodeOf(found.all), 77);
  });

  for (const [scopes, said] of [["repo, user", /only "repo", "user"/], ["", /no scope/]] as const) {
    Deno.test(`a missing scope is found by ${protocol}: "${scopes}"`, async () => {
      const world = new GistCheckWorld(protocol);
      world.intercept = withScopes(scopes);
      const found = await world.run();
      found.assertFailed("scope", 77, said);
      assert.match(found.get("scope").message, /classic token with the scope "gist"/);
    });
  }

  Deno.test(`the scope gist among others passes by ${protocol}`, async () => {
    const world = new GistCheckWorld(protocol);
    world.intercept = withScopes("repo, gist");
    const found = await world.run();
    assert.equal(found.get("scope").ok, true);
    assert.deepEqual(found.failed, []);
  });

  Deno.test(`another protocol is found by ${protocol}`, async () => {
    const other = protocol === "git" ? "rest" : "git";
    const found = await new GistCheckWorld(protocol, heldBy("eu-west-1", other)).run();
    found.assertFailed("record", 65, new RegExp(`${other}`));
  });

  for (const damaged of ["not JSON", '{"holderIdentity":1}', "[]"]) {
    Deno.test(`a damaged record is found by ${protocol}: ${damaged}`, async () => {
      const found = await new GistCheckWorld(protocol, damaged).run();
      found.assertFailed("record", 65, /record/);
      assert.equal(exitCodeOf(found.all), 65);
    });
  }

  Deno.test(`a fencing token at its limit is found by ${protocol}`, async () => {
    const found = await new GistCheckWorld(protocol, '{"leaderTransitions":2147483647}').run();
    found.assertFailed("record", 65, /fencing token 2147483647 cannot be raised/);
  });

  Deno.test(`a blocked host is found by ${protocol}, and what needs it is skipped`, async () => {
    const found = await new GistCheckWorld(protocol).run({ dialer: blocking(/github\.com$/) });
    const host = protocol === "git" ? "git host" : "API";
    found.assertFailed(host, 69, /no TCP connection to port 443.*10000 ms.*firewall.*HTTPS_PROXY/);
    for (const name of ["token", "scope", "owner", "record", "stale write", "round trips"]) {
      assert.ok(found.skipped.includes(name), name);
    }
    assert.equal(exitCodeOf(found.all), 69);
  });

  Deno.test(`a slow store is found by ${protocol}, and timings are proposed`, async () => {
    const world = new GistCheckWorld(protocol);
    world.server.intercept = faults.delayed(3_000, 3_000);
    const found = await world.run();
    found.assertFailed(
      "round trips",
      69,
      /median 6000 ms, worst 6000 ms.*more than half.*lease-duration/,
    );
  });

  Deno.test(`one slow read of five is enough to be found by ${protocol}`, async () => {
    const world = new GistCheckWorld(protocol);
    let reads = 0;
    world.intercept = async (request, send) => {
      if (request.method === "GET" && ++reads > 8) await world.clock.sleep(5_500);
      return await send(request);
    };
    const found = await world.run({ isReadOnly: true });
    assert.match(found.get("round trips").message, /worst 5500 ms/);
    assert.equal(found.get("round trips").ok, false);
  });
}

Deno.test("a gist without a record is free, and passes", async () => {
  const found = await new GistCheckWorld("git", "{}").run();
  assert.deepEqual(found.failed, []);
  assert.match(found.get("record").message, /no leader: the lock was never held/);
});

Deno.test("by git a blocked API is no failure: only what asks it is skipped", async () => {
  const found = await new GistCheckWorld("git").run({ dialer: blocking(/^api/) });
  assert.deepEqual(found.failed, []);
  assert.deepEqual(found.skipped, ["API", "token", "scope", "owner", "clock", "workload"]);
  assert.match(found.get("API").message, /no TCP connection.*the lock does not need this host/);
});

// ---- Stores that do not refuse a stale write ----

for (
  const [what, outcome] of [
    ["a git server that lets a stale push through is found", "accepted"],
    ["a git server that reports a refusal, and moves the branch anyway, is found", "refused"],
    ["a stale push that was accepted without a response is found", "lost"],
  ] as const
) {
  Deno.test(what, async () => {
    const world = new GistCheckWorld("git");
    world.intercept = (request, send) => push(world, request, send, outcome);
    const found = await world.run();
    found.assertFailed("stale write", 69, /the store does not refuse a stale write/);
  });
}

Deno.test("a git server that lets a stale push through is found, even if it hides it", async () => {
  const world = new GistCheckWorld("git");
  world.intercept = async (request, send) => {
    const response = await push(world, request, send, "accepted");
    // Another candidate has renewed since, so that the branch does not show the push.
    if (request.url.endsWith("/git-receive-pack")) {
      world.server.editGist(world.id, { "other.txt": "other" });
    }
    return response;
  };
  const found = await world.run();
  found.assertFailed("stale write", 69, /the store does not refuse a stale write/);
});

Deno.test("a push without a report proves nothing", async () => {
  const world = new GistCheckWorld("git");
  world.server.inject(faults.serverError(), { kind: "git-push" });
  const found = await world.run();
  assert.deepEqual(found.failed, ["stale write"]);
  assert.doesNotMatch(found.get("stale write").message, /does not refuse/);
  assert.equal(exitCodeOf(found.all), 69);
});

Deno.test("a hook that declines every push is no proof of a refused stale write", async () => {
  const world = new GistCheckWorld("git");
  world.intercept = async (request, send) => {
    const response = await send(request);
    if (!request.url.endsWith("/git-receive-pack")) return response;
    const text = new TextDecoder("latin1").decode(await response.arrayBuffer());
    // As long as the reason that it replaces.
    const body = text.replace("failed to update ref", "pre-rec hook declined".slice(1));
    return new Response(Uint8Array.from(body, (char) => char.charCodeAt(0)), response);
  };
  const found = await world.run();
  found.assertFailed("stale write", 77, /hook declines every push/);
});

Deno.test("an API whose history forgets the write in between is found, and the scratch gist deleted", async () => {
  const world = new GistCheckWorld("rest");
  let first: string | undefined;
  world.intercept = async (request, send) => {
    const response = await send(request);
    if (!response.headers.get("content-type")?.includes("json")) return response;
    const value = await response.json();
    if (!Array.isArray(value.history)) return Response.json(value, response);
    if (request.method === "PATCH") first ??= value.history[0].version;
    const history = value.history.filter((entry: { version: string }) =>
      entry.version !== first || request.method === "PATCH" && value.history[0] === entry
    );
    return Response.json({ ...value, history }, response);
  };
  const deleted = countDeletes(world);
  const found = await world.run();
  found.assertFailed("stale write", 69, /the second took effect: the store does not refuse/);
  assert.equal(deleted(), 1);
});

/** The revisions of the scratch gist cannot be read by name at first. */
function withoutNames(times: number): GistCheckWorld {
  const world = new GistCheckWorld("rest");
  const isScratch = ({ url }: { url: URL }) =>
    faults.asksByName({ method: "GET", url } as never) && !url.pathname.includes(world.id);
  world.server.inject(faults.notYet(), { when: isScratch, times });
  return world;
}

Deno.test("revisions that can be read by name only later are reported, and the check passes", async () => {
  const found = await withoutNames(2).run();
  assert.deepEqual(found.failed, []);
  assert.match(found.get("stale write").message, /by name only some time after a write/);
});

Deno.test("revisions that can never be read by name are found, and the scratch gist is deleted", async () => {
  const world = withoutNames(100);
  const deleted = countDeletes(world);
  const found = await world.run();
  found.assertFailed("stale write", 69, /does not have it yet/);
  assert.equal(deleted(), 1);
});

Deno.test("a scratch gist that cannot be deleted is named by its description", async () => {
  const world = new GistCheckWorld("rest");
  const { intercept } = world;
  world.intercept = (request, send) =>
    request.method === "DELETE"
      ? Promise.reject(new TypeError("connection reset"))
      : intercept(request, send);
  const found = await world.run();
  assert.deepEqual(found.failed, []);
  assert.ok(found.get("stale write").message.includes(SCRATCH_DESCRIPTION));
});

for (const protocol of PROTOCOLS) {
  Deno.test(`a stale write is tried with a token that a function returns, by ${protocol}`, async () => {
    const { server, clock, id } = new GistCheckWorld(protocol);
    const options = { id, token: () => LOCAL_TOKEN, clock, fetch: server.fetch };
    if (protocol === "git") assert.match(await tryStalePush(options), /failed to update ref/);
    else assert.equal((await tryStaleEdit(options)).isDeleted, true);
  });
}

// ---- Buckets ----

Deno.test("every check of a sound bucket passes, and its probe is left there", async () => {
  const world = new BucketCheckWorld();
  const before = world.server.object(world.url);
  const found = await world.run();
  assert.deepEqual(found.failed, []);
  assert.deepEqual(found.skipped, ["quota", "workload"]);
  assert.match(found.get("record").message, /same protocol \(bucket\); "eu-west-1" leads/);
  assert.deepEqual(world.server.object(world.url), before);
  assert.ok(world.server.object(`${world.url}.probe`));
});

for (const dialect of DIALECTS) {
  Deno.test(`a bucket that ignores conditions is found in ${dialect}, and a sound one passes`, async () => {
    const sound = await new BucketCheckWorld({}, undefined, dialect).run();
    assert.deepEqual(sound.failed, []);
    const found = await new BucketCheckWorld({ ignoresConditions: true }, undefined, dialect).run();
    found.assertFailed("write access", 69, /accepted a write whose condition did not hold/);
    assert.ok(found.skipped.includes("stale write"));
  });
}

Deno.test("wrong credentials of a bucket are found", async () => {
  const world = new BucketCheckWorld();
  world.server.credentials = {
    ...world.server.credentials,
    s3: { accessKeyId: "a", secretAccessKey: "b" },
  };
  const found = await world.run();
  assert.deepEqual(found.failed, ["record", "write access", "round trips"]);
  assert.equal(exitCodeOf(found.all), 77);
});

Deno.test("a bucket that checks a condition and writes later is found by the race", async () => {
  const found = await new BucketCheckWorld({ writesAfterCheck: 10 }).run();
  found.assertFailed("stale write", 69, /accepted 16 of 16 writes that replace one version/);
});

Deno.test("a bucket without the object is found", async () => {
  const found = await new BucketCheckWorld({}, "").run();
  found.assertFailed("record", 77, /does not exist.*elector init/);
});

Deno.test("a bucket with the record of a gist is found", async () => {
  const found = await new BucketCheckWorld({}, heldBy("me", "git")).run();
  found.assertFailed("record", 65, /git/);
});

// ---- Quota, workload, read-only ----

Deno.test("timings beyond the limits are found", async () => {
  const timings = { ...DEFAULT_TIMINGS, retryPeriod: 5_000 };
  const found = await new GistCheckWorld("rest").run({ readTimings: () => timings });
  found.assertFailed("quota", 1, /720 writes an hour, and GitHub allows 500: raise --retry-period/);
});

Deno.test("a quota that does not last for the candidates is found", async () => {
  const world = new GistCheckWorld("rest");
  world.intercept = async (request, send) => {
    const response = await send(request);
    const headers = new Headers(response.headers);
    headers.set("x-ratelimit-remaining", "700");
    return new Response(response.body, { status: response.status, headers });
  };
  assert.equal((await world.run({ candidates: 1 })).get("quota").ok, true);
  const found = await world.run({ candidates: 9 });
  found.assertFailed("quota", 1, /700 requests left.*9 candidates need 2400 requests an hour/);
});

Deno.test("timings that break a rule are found, and everything else is still checked", async () => {
  const found = await new GistCheckWorld("git").run({
    readTimings: () => {
      throw new RangeError("--renew-deadline must be at most 95 % of --lease-duration");
    },
  });
  assert.deepEqual(found.failed, ["timings"]);
  assert.equal(found.get("round trips").ok, true);
  assert.ok(found.skipped.includes("quota"));
});

Deno.test("the timings show a failover to a candidate of this rank", async () => {
  const found = async (rank: number) =>
    (await new GistCheckWorld("git").run({ rank, isReadOnly: true })).get("timings").message;
  assert.match(await found(0), /within 2 min 6 s of a crash, 35 s of a stop/);
  // Each rank costs one and a half polls.
  assert.match(await found(2), /within 2 min 21 s of a crash/);
});

const READY = new URL("http://127.0.0.1:9/healthz?key=hidden");

const responds = (status: number) => () => Promise.resolve(new Response(null, { status }));

for (
  const [what, fetch, said] of [
    ["503", responds(503), /not ready: it responded with status 503/],
    ["302", responds(302), /not ready: it responded with status 302/],
    [
      "refused",
      () => Promise.reject(new TypeError(`no: ${READY}`)),
      /not ready.*start the workload/,
    ],
    ["hanging", () => new Promise<Response>(() => {}), /did not respond within 5000 ms/],
  ] as const
) {
  Deno.test(`a workload that is not ready is found: ${what}`, async () => {
    const found = await new GistCheckWorld("git").run({ readyUrl: READY, fetch });
    found.assertFailed("workload", 1, said);
    assert.ok(!found.get("workload").message.includes("hidden"));
  });
}

Deno.test("a workload that is ready passes", async () => {
  const ready = await new GistCheckWorld("git").run({ readyUrl: READY, fetch: responds(204) });
  assert.equal(ready.get("workload").ok, true);
});

Deno.test("--read-only sends nothing that writes, and says what it leaves out", async () => {
  for (const protocol of PROTOCOLS) {
    const world = new GistCheckWorld(protocol);
    const found = await world.run({ isReadOnly: true });
    assert.deepEqual(found.failed, []);
    assert.match(found.get("stale write").message, /--read-only/);
    assert.equal(found.get("stale write").ok, null);
    const { writes, gitPushes } = world.server.counts;
    assert.deepEqual([writes, gitPushes], [0, 0]);
  }
  const bucket = new BucketCheckWorld();
  const found = await bucket.run({ isReadOnly: true });
  assert.deepEqual(found.failed, []);
  assert.ok(["write access", "stale write"].every((name) => found.skipped.includes(name)));
  assert.equal(bucket.server.object(`${bucket.url}.probe`), undefined);
});

Deno.test("no output contains the token or the gist's id, whatever a server quotes", async () => {
  for (const protocol of PROTOCOLS) {
    const world = new GistCheckWorld(protocol);
    world.intercept = (request) => {
      const quoted = `${request.url} ${request.headers.get("authorization")} ${LOCAL_TOKEN}`;
      return Promise.resolve(Response.json({ message: quoted, login: quoted }, { status: 403 }));
    };
    const found = await world.run();
    assert.ok(found.failed.length >= 3, found.failed.join());
    world.intercept = () =>
      Promise.resolve(Response.json({ login: LOCAL_TOKEN, owner: { login: world.id } }));
    const again = await world.run();
    const text = JSON.stringify([found.all, again.all]);
    for (const secret of [LOCAL_TOKEN, world.id, btoa(`x-access-token:${LOCAL_TOKEN}`)]) {
      assert.ok(!text.includes(secret), text);
    }
  }
});

function withScopes(scopes: string) {
  return async (request: Request, send: Fetch) => {
    const response = await send(request);
    response.headers.set("x-oauth-scopes", scopes);
    return response;
  };
}

function countDeletes(world: GistCheckWorld): () => number {
  const { intercept } = world;
  let deletes = 0;
  world.intercept = async (request, send) => {
    const response = await intercept(request, send);
    if (request.method === "DELETE" && response.status === 204) deletes++;
    return response;
  };
  return () => deletes;
}

/** Lets a push replace what is there, whatever it names, and responds with the truth, a refusal, or not at all. */
async function push(
  world: GistCheckWorld,
  request: Request,
  send: Fetch,
  outcome: "accepted" | "refused" | "lost",
): Promise<Response> {
  if (!request.url.endsWith("/git-receive-pack")) return await send(request);
  const body = new Uint8Array(await request.arrayBuffer());
  const again = (bytes: Uint8Array<ArrayBuffer>) =>
    send(new Request(request.url, { method: "POST", headers: request.headers, body: bytes }));
  const [head] = world.server.revisions(world.id);
  const forged = body.slice();
  forged.set(new TextEncoder().encode(head?.version), 4);
  const accepted = await again(forged);
  if (outcome === "lost") throw new TypeError("connection reset");
  return outcome === "accepted" ? accepted : await again(body);
}
