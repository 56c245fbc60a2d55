import { statusOf } from "../../cli/candidate/status.ts";
import { metricsOf } from "../../cli/candidate/metrics.ts";
import { DEFAULT_TIMINGS, type ElectorStatus } from "../../elector/mod.ts";
import { EMPTY_RECORD } from "../../lock/mod.ts";
import { COUNTERS, STATUS } from "../support/candidate_figures.ts";

/**
 * Metrics that the alerts and the dashboard use and the program does not export yet, each with its labels. Remove an entry
 * here once `metricsOf()` has it: a test says so.
 */
export const PENDING: Readonly<Record<string, readonly string[]>> = {};

/** The metrics that the program exports, with their labels. */
export function exportedMetrics(): Map<string, readonly string[]> {
  const record = { ...EMPTY_RECORD, holderIdentity: "eu", leaseDurationSeconds: 60 };
  const observed = { record, version: "v", own: true, age: 1_000 };
  const status: ElectorStatus = { ...STATUS, role: "leader", token: 1, remaining: 1_000, observed };
  const metrics = metricsOf(statusOf(status, DEFAULT_TIMINGS), COUNTERS);
  return new Map(
    metrics.map(({ name, samples }) => [name, Object.keys(samples[0]?.labels ?? {}).sort()]),
  );
}

/** Every metric that may be named in an expression, with its labels. */
export function knownMetrics(): Map<string, readonly string[]> {
  return new Map([...Object.entries(PENDING), ...exportedMetrics()]);
}

/** Labels that Prometheus sets, or its own series have. */
const OTHER_LABELS = ["job", "instance", "alertname", "alertstate", "cause"];

/** What an expression of PromQL names that does not exist: metrics, and labels of none of its metrics. */
export function unknownNames(expression: string): string[] {
  const known = knownMetrics();
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  const metrics = [...bare.matchAll(/\b(?:leader_election|elector)_\w+/g)].map(([name]) => name);
  const labels = new Set([...OTHER_LABELS, ...metrics.flatMap((name) => known.get(name) ?? [])]);
  const grouped = [...bare.matchAll(/\b(?:by|on|ignoring|without|group_left)\s*\(([^)]*)\)/g)]
    .flatMap(([, list = ""]) => list.split(","));
  const matched = [...bare.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, name = ""]) => name);
  const named = [...grouped, ...matched].map((name) => name.trim()).filter((name) => name !== "");
  return [
    ...metrics.filter((name) => !known.has(name)),
    ...named.filter((name) => !labels.has(name)),
  ];
}
