import assert from "node:assert/strict";
import { parseDuration } from "../../cli/options/values.ts";
import { GIST_OPTIONS, OPTIONS, RUN_OPTIONS, TIMING_OPTIONS } from "../../cli/options/options.ts";
import { readOptions } from "../../cli/options/read.ts";
import { readRunTimings } from "../../cli/options/timings.ts";
import { KINDS, misfits } from "./kubernetes_fields.ts";
import {
  argumentsOf,
  type Container,
  containersOf,
  electorOf,
  MANIFESTS,
  manifestsOf,
  podOf,
} from "./manifests.ts";
import { readText } from "./tools.ts";
import { parseYaml, type Yaml } from "./yaml.ts";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function envOf({ env = [] }: Container): (name: string) => string | undefined {
  return (name) => env.find((variable) => variable.name === name)?.value;
}

/** The options of `serve`, as its own list is not exported. */
const SERVE_OPTIONS = [...GIST_OPTIONS, "identity", ...TIMING_OPTIONS, "http", "json"] as const;

Deno.test("misfits() finds unknown fields, wrong types and things in the wrong place", () => {
  const [object] = parseYaml(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: 1 }
spec:
  replica: 1
  template: { spec: { containers: [{ name: a, restartPolicy: Always }], volumes: { name: v } } }
`);
  assert.deepEqual(misfits(object as Yaml, KINDS.Deployment ?? "string"), [
    ".metadata.name: not string",
    ".spec.replica: not a known field",
    ".spec.template.spec.containers[0].restartPolicy: not a known field",
    ".spec.template.spec.volumes: not a list",
  ]);
});

for (const file of MANIFESTS) {
  Deno.test(`${file} has only fields of Kubernetes' API, with values of their types`, async () => {
    for (const manifest of await manifestsOf(file)) {
      const shape = KINDS[manifest.kind];
      assert(shape, manifest.kind);
      assert.deepEqual(misfits(manifest as unknown as Yaml, shape), []);
      assert.equal(manifest.apiVersion, manifest.kind === "Deployment" ? "apps/v1" : "v1");
      assert.match(manifest.metadata.name, NAME);
    }
  });

  Deno.test(`${file} refers to nothing that it does not have`, async () => {
    const manifests = await manifestsOf(file);
    const pod = await podOf(file);
    const containers = containersOf(pod);
    const names = [...containers, ...pod.volumes].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, NAME);
    const ports = containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name));
    assert.equal(new Set(ports).size, ports.length);
    for (const port of ports) assert.match(port, /^[a-z][a-z0-9-]{0,14}$/);
    for (const container of containers) {
      for (const { name } of container.volumeMounts) {
        assert(pod.volumes.some((volume) => volume.name === name), name);
      }
      for (const { httpGet } of probesOf(container)) {
        assert(container.ports?.some(({ name }) => name === httpGet.port), httpGet.port);
      }
    }
    const { spec } = manifests[0] ?? assert.fail("no manifest");
    assert.deepEqual(spec.template.metadata.labels, spec.selector.matchLabels);
    for (const { spec: service } of manifests.filter(({ kind }) => kind === "Service")) {
      assert.deepEqual(service.selector, spec.selector.matchLabels);
      for (const { targetPort } of service.ports) assert(ports.includes(targetPort), targetPort);
    }
  });

  Deno.test(`${file} restarts nothing, and makes nothing unavailable, while the store is away`, async () => {
    const pod = await podOf(file);
    const elector = electorOf(pod);
    const asked = probesOf(elector).map(({ httpGet }) => httpGet.path);
    assert(elector.livenessProbe && elector.readinessProbe);
    assert.deepEqual([...new Set(asked)], ["/livez"]);
    for (const container of containersOf(pod)) {
      const paths = probesOf(container).map(({ httpGet }) => httpGet.path);
      assert(!paths.includes("/leader") && !paths.includes("/healthz"), container.name);
    }
  });

  Deno.test(`${file} gives its containers no more than they need`, async () => {
    const pod = await podOf(file);
    assert.equal(pod.automountServiceAccountToken, pod.serviceAccountName !== undefined);
    // Variables that Kubernetes makes from a Service's name could look like elector's own.
    assert.equal(pod.enableServiceLinks, false);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const { name, securityContext, resources } of containersOf(pod)) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      }, name);
      assert(resources.requests.cpu && resources.requests.memory && resources.limits.memory, name);
      // A throttled process renews late.
      assert.equal(resources.limits.cpu, undefined, name);
    }
  });

  Deno.test(`${file} starts elector with options and variables that there are`, async () => {
    const elector = electorOf(await podOf(file));
    const [command, ...args] = argumentsOf(elector);
    const end = args.indexOf("--");
    const env = envOf(elector);
    const values = command === "run"
      ? readOptions(RUN_OPTIONS, args.slice(0, end), env)
      : readOptions(SERVE_OPTIONS, args, env);
    assert.equal(end > 0 && end < args.length - 1, command === "run");
    assert.equal(values.http?.port, elector.ports?.[0]?.containerPort);
    assert.equal(values.http?.hostname, "0.0.0.0");
    const known = Object.values(OPTIONS).flatMap((option) => "env" in option ? [option.env] : []);
    const own = ["CLUSTER", "POD"];
    for (const { name } of elector.env ?? []) {
      assert(own.includes(name) || known.includes(name as "GIST_ID"), name);
    }
    // A variable is expanded only if it stands before its use.
    const order = (elector.env ?? []).map(({ name }) => name);
    for (const [, name = ""] of (env("ELECTOR_IDENTITY") ?? "").matchAll(/\$\((\w+)\)/g)) {
      assert(order.indexOf(name) < order.indexOf("ELECTOR_IDENTITY") && order.includes(name), name);
    }
  });

  Deno.test(`${file} keeps the token in a file that elector can read, made without the shell's history`, async () => {
    const pod = await podOf(file);
    const elector = electorOf(pod);
    const [, ...args] = argumentsOf(elector);
    const path = /^--token-file=(.*)$/.exec(
      args.find((arg) => arg.startsWith("--token-file")) ?? "",
    )
      ?.[1];
    const mount = elector.volumeMounts.find(({ mountPath }) => path?.startsWith(`${mountPath}/`));
    const volume = pod.volumes.find(({ name }) => name === mount?.name);
    assert.deepEqual(volume?.secret?.items, [{ key: "token", path: "token" }]);
    assert.equal(`${mount?.mountPath}/token`, path);
    assert.equal(mount?.readOnly, true);
    assert.equal(volume?.secret?.defaultMode, 0o440);
    const text = await readText(`docs/kubernetes/${file}`);
    const [, secret, options = ""] =
      /kubectl (?:-n \S+ )?create secret generic (\S+) (.*)$/m.exec(text) ?? [];
    assert.equal(secret, volume?.secret?.secretName);
    assert.doesNotMatch(text, /--from-literal|GITHUB_TOKEN/);
    const keys = [...options.matchAll(/--from-file=([^=\s]+)/g)].map(([, key]) => key);
    const used = (elector.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    assert.deepEqual(used, [{ name: secret, key: "GIST_ID" }]);
    assert.deepEqual(keys.toSorted(), ["GIST_ID", "token"]);
    // The workload's container has no token.
    for (const other of containersOf(pod).filter((container) => container !== elector)) {
      assert(!other.volumeMounts.some(({ name }) => name === mount?.name), other.name);
    }
  });

  Deno.test(`${file} leaves the time to end the work and to release the lock`, async () => {
    const pod = await podOf(file);
    const elector = electorOf(pod);
    const [command, ...args] = argumentsOf(elector);
    const own = args.slice(0, args.indexOf("--"));
    const values = readOptions(RUN_OPTIONS, command === "run" ? own : [], envOf(elector));
    const { grace, requestTimeout } = readRunTimings(values);
    const drain = command === "run" ? grace : 30_000;
    assert(1_000 * pod.terminationGracePeriodSeconds > drain + 3 * requestTimeout + 1_000);
    // What the comment says of the drain is what the number is made of.
    const comment = /# Longer than (.*) \((\d+ s)\), three requests/.exec(
      await readText(`docs/kubernetes/${file}`),
    );
    assert.equal(parseDuration((comment?.[2] ?? "").replace(" ", "")), drain, comment?.[1]);
  });
}

function probesOf({ startupProbe, livenessProbe, readinessProbe }: Container) {
  return [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
}

Deno.test("sidecar.yaml makes elector a native sidecar that the workload waits for", async () => {
  const pod = await podOf("sidecar.yaml");
  const elector = electorOf(pod);
  assert.deepEqual(pod.initContainers, [elector]);
  assert.equal(elector.restartPolicy, "Always");
  assert(elector.startupProbe);
  const url = pod.containers[0]?.env?.find(({ name }) => name === "LEADER_URL")?.value;
  assert.equal(url, `http://127.0.0.1:${elector.ports?.[0]?.containerPort}/leader`);
});
