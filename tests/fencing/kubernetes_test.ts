import assert from "node:assert/strict";
import type { Fetch } from "../../lock/mod.ts";
import { FakeApiServer, type StoredObject } from "./fake_api_server.ts";
import { updateKubernetesObject } from "./kubernetes.ts";
import { assertRefusesPausedLeader } from "./paused_leader.ts";
import { once, pausing } from "./pausing.ts";

const PATH = "/api/v1/namespaces/reports/configmaps/report";
const URL_OF_REPORT = `https://kubernetes.default.svc${PATH}`;
const ANNOTATION = "leader-election.example.com/fencing-token";

interface Report {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data: { readonly text: string };
  readonly [key: string]: unknown;
}

function server(annotations?: Record<string, string>): FakeApiServer {
  return new FakeApiServer(PATH, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "report", uid: "5", ...(annotations && { annotations }) },
    data: { text: "" },
  });
}

function update(fetch: Fetch, token: number, change: (report: Report) => Report): Promise<void> {
  return updateKubernetesObject(fetch, URL_OF_REPORT, token, change);
}

function write(text: string): (report: Report) => Report {
  return (report) => ({ ...report, data: { text } });
}

function keep(report: Report): Report {
  return report;
}

function textIn({ object }: FakeApiServer): unknown {
  return (object.data as { text: string }).text;
}

for (const method of ["GET", "PUT"]) {
  Deno.test(`Kubernetes refuses a leader that was paused before its ${method}`, async () => {
    const api = server();
    await assertRefusesPausedLeader({
      raise: (token) => update(api.fetch, token, keep),
      write: (token, text, pause) => update(pausing(api.fetch, method, pause), token, write(text)),
      read: () => textIn(api),
    });
    assert.equal(api.writes.includes(409), method === "PUT");
  });
}

Deno.test("Kubernetes refuses a paused leader though its successor has only raised the fence", async () => {
  const api = server();
  await update(api.fetch, 33, write("by the first leader"));
  const raise = once(() => update(api.fetch, 34, keep));
  const late = update(pausing(api.fetch, "PUT", raise), 33, write("too late"));
  await assert.rejects(late, { token: 33, highest: 34 });
  assert.equal(textIn(api), "by the first leader");
  assert.equal(api.object.metadata.annotations?.[ANNOTATION], "34");
});

Deno.test("Kubernetes: a change that another made, without a token, is kept", async () => {
  const api = server();
  const label = async () => {
    const { metadata, ...rest } = api.object;
    const labelled: StoredObject = { ...rest, metadata: { ...metadata, labels: { team: "a" } } };
    const body = JSON.stringify(labelled);
    await api.fetch(new Request(URL_OF_REPORT, { method: "PUT", body }));
  };
  await update(pausing(api.fetch, "PUT", once(label)), 33, write("by the leader"));
  assert.deepEqual(api.object.metadata.labels, { team: "a" });
  assert.equal(textIn(api), "by the leader");
  assert.deepEqual(api.writes, [200, 409, 200]);
});

Deno.test("Kubernetes: a change of annotations keeps the others, and cannot lower the token", async () => {
  const api = server({ owner: "a" });
  await update(api.fetch, 33, (report) => ({
    ...report,
    metadata: { ...report.metadata, annotations: { owner: "b", [ANNOTATION]: "1" } },
  }));
  assert.deepEqual(api.object.metadata.annotations, { owner: "b", [ANNOTATION]: "33" });
});

Deno.test("Kubernetes: a change may build an object of its own; the condition stays", async () => {
  const api = server();
  const fresh = () => ({ data: { text: "too late" }, metadata: { name: "report" } } as Report);
  const raise = once(() => update(api.fetch, 34, keep));
  const late = update(pausing(api.fetch, "PUT", raise), 33, fresh);
  await assert.rejects(late, { name: "StaleTokenError" });
});

for (const annotation of ["x", "1.5", "NaN"]) {
  Deno.test(`Kubernetes: an annotation that says "${annotation}" lets no leader write`, async () => {
    const api = server({ [ANNOTATION]: annotation });
    await assert.rejects(update(api.fetch, 99, write("lost")), TypeError);
    assert.deepEqual(api.writes, []);
  });
}

Deno.test("Kubernetes: what the API server refuses is reported, and not tried again", async () => {
  const api = server();
  api.failures.GET.push(403);
  await assert.rejects(update(api.fetch, 1, write("one")), /Cannot read the object: .* 403/);
  api.failures.PUT.push(422);
  await assert.rejects(update(api.fetch, 1, write("one")), /Cannot write the object: .* 422/);
  api.failures.PUT.push(409, 409, 409, 409, 409);
  await assert.rejects(update(api.fetch, 1, write("one")), /5 attempts/);
  assert.deepEqual(api.writes, [422, 409, 409, 409, 409, 409]);
  assert.equal(textIn(api), "");
});
