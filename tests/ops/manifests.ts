import type { CONTAINER, Of, POD } from "./kubernetes_fields.ts";
import { readText } from "./tools.ts";
import { parseYaml } from "./yaml.ts";

/** A container: any field but these may be missing. */
export type Container =
  & Partial<Of<typeof CONTAINER> & { readonly restartPolicy: string }>
  & Pick<Of<typeof CONTAINER>, "name" | "resources" | "securityContext" | "volumeMounts">;

/** A pod, as far as the tests look at it. */
export type PodSpec = Omit<Of<typeof POD>, "initContainers" | "containers"> & {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
};

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // deno-lint-ignore no-explicit-any -- each kind has its own; what a test reads from it, it checks
  readonly spec: any;
}

export const MANIFESTS = ["sidecar.yaml", "wrapper.yaml", "controller.yaml"] as const;

export async function manifestsOf(file: string): Promise<Manifest[]> {
  return parseYaml(await readText(`docs/kubernetes/${file}`)) as unknown as Manifest[];
}

/** The pod that a file's Deployment makes. */
export async function podOf(file: string): Promise<PodSpec> {
  const deployment = (await manifestsOf(file)).find(({ kind }) => kind === "Deployment");
  if (!deployment) throw new Error(`No Deployment in ${file}`);
  return deployment.spec.template.spec;
}

/** All containers of a pod: the sidecars first. */
export function containersOf(pod: PodSpec): readonly Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

export function electorOf(pod: PodSpec): Container {
  const found = containersOf(pod).find(({ ports }) =>
    ports?.some(({ name }) => name === "elector")
  );
  if (!found) throw new Error("No container has the port `elector`");
  return found;
}

/** The program's arguments: its command first. */
export function argumentsOf({ command = [], args = [] }: Container): string[] {
  return [...command, ...args].filter((arg) => arg !== "/elector");
}

/** The containers to which the kubelet sends TERM, one list after the other: each when those before it are gone. */
export function terminationOrder(pod: PodSpec): string[][] {
  const sidecars = (pod.initContainers ?? []).filter(({ restartPolicy }) =>
    restartPolicy === "Always"
  );
  return [
    pod.containers.map(({ name }) => name),
    ...sidecars.map(({ name }) => [name]).reverse(),
  ];
}
