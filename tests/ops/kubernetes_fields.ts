import type { Yaml } from "./yaml.ts";

/** What a field may hold: a type of JSON, a list, a map of strings, or an object with these fields. */
export type Shape =
  | "string"
  | "integer"
  | "boolean"
  | "name or number"
  | "strings"
  | readonly [Shape]
  | { readonly [field: string]: Shape };

/** The type of what a shape describes. */
export type Of<S> = S extends "string" ? string
  : S extends "integer" ? number
  : S extends "boolean" ? boolean
  : S extends "name or number" ? string
  : S extends "strings" ? Readonly<Record<string, string>>
  : S extends readonly [infer Item] ? readonly Of<Item>[]
  : { readonly [Field in keyof S]: Of<S[Field]> };

const METADATA = {
  name: "string",
  namespace: "string",
  labels: "strings",
} as const satisfies Shape;

const PROBE = {
  httpGet: { path: "string", port: "name or number" },
  periodSeconds: "integer",
  timeoutSeconds: "integer",
  failureThreshold: "integer",
} as const satisfies Shape;

export const CONTAINER = {
  name: "string",
  image: "string",
  command: ["string"],
  args: ["string"],
  env: [{
    name: "string",
    value: "string",
    valueFrom: {
      secretKeyRef: { name: "string", key: "string" },
      fieldRef: { fieldPath: "string" },
    },
  }],
  ports: [{ name: "string", containerPort: "integer" }],
  startupProbe: PROBE,
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  resources: { requests: "strings", limits: "strings" },
  securityContext: {
    allowPrivilegeEscalation: "boolean",
    readOnlyRootFilesystem: "boolean",
    capabilities: { drop: ["string"] },
  },
  volumeMounts: [{ name: "string", mountPath: "string", readOnly: "boolean" }],
} as const satisfies Shape;

export const POD = {
  serviceAccountName: "string",
  automountServiceAccountToken: "boolean",
  enableServiceLinks: "boolean",
  shareProcessNamespace: "boolean",
  terminationGracePeriodSeconds: "integer",
  securityContext: {
    runAsNonRoot: "boolean",
    runAsUser: "integer",
    runAsGroup: "integer",
    fsGroup: "integer",
    seccompProfile: { type: "string" },
  },
  initContainers: [{ ...CONTAINER, restartPolicy: "string" }],
  containers: [CONTAINER],
  volumes: [{
    name: "string",
    secret: {
      secretName: "string",
      defaultMode: "integer",
      items: [{ key: "string", path: "string" }],
    },
    emptyDir: { sizeLimit: "string" },
  }],
} as const satisfies Shape;

/**
 * The fields that the manifests use, by kind, as in Kubernetes' API reference. A field that is not here is a spelling mistake,
 * or to be added from the reference.
 */
export const KINDS: Readonly<Record<string, Shape>> = {
  Deployment: {
    apiVersion: "string",
    kind: "string",
    metadata: METADATA,
    spec: {
      replicas: "integer",
      strategy: {
        type: "string",
        rollingUpdate: { maxSurge: "name or number", maxUnavailable: "name or number" },
      },
      selector: { matchLabels: "strings" },
      template: { metadata: METADATA, spec: POD },
    },
  },
  Service: {
    apiVersion: "string",
    kind: "string",
    metadata: METADATA,
    spec: {
      selector: "strings",
      ports: [{ name: "string", port: "integer", targetPort: "name or number" }],
    },
  },
};

/** What is wrong with a value, each with the path of its field. */
export function misfits(value: Yaml, shape: Shape, path = ""): string[] {
  if (typeof shape === "string") return fits(value, shape) ? [] : [`${path}: not ${shape}`];
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((item, index) => misfits(item, shape[0] as Shape, `${path}[${index}]`));
  }
  if (!isMap(value)) return [`${path}: not a mapping`];
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = (shape as Readonly<Record<string, Shape>>)[field];
    const name = `${path}.${field}`;
    return known === undefined ? [`${name}: not a known field`] : misfits(inner, known, name);
  });
}

function fits(value: Yaml, shape: Shape): boolean {
  switch (shape) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value);
    case "name or number":
      return typeof value === "string" || Number.isInteger(value);
    default:
      return isMap(value) && Object.values(value).every((inner) => typeof inner === "string");
  }
}

function isMap(value: Yaml): value is { readonly [key: string]: Yaml } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
