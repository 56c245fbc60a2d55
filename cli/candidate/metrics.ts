import { END_REASONS } from "../output/leadership.ts";
import { VERSION } from "../version.ts";
import type { CandidateStatus, Counters } from "./status.ts";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  /** Its name, by Prometheus' conventions. */
  readonly name: string;
  /** A gauge goes up and down; a counter only up. */
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Builds a candidate's metrics. A gauge without a value has no sample. */
export function metricsOf(status: CandidateStatus, counters: Counters): Metric[] {
  const labels = { identity: status.identity, lock: status.lock };
  const metricOf = (type: Metric["type"]) => (name: string, help: string, value: Value): Metric => {
    const samples = [value ?? []].flat().map((one) =>
      typeof one === "object"
        ? { ...one, labels: { ...labels, ...one.labels } }
        : { labels, value: Number(one) }
    );
    return { name: `leader_election_${name}`, type, help, samples };
  };
  const [gauge, counter] = [metricOf("gauge"), metricOf("counter")];
  const requests = withZeros(counters.requests, REQUESTS).map(([key, value]) => {
    const [method = "", code = ""] = key.split(" ");
    return { labels: { method, code }, value };
  });
  const ends = withZeros(counters.termsEnded, TERM_ENDS).map(([reason, value]) => {
    return { labels: { reason }, value };
  });
  const { remainingSeconds, leaseAgeSeconds, lastContactSeconds, refusedSeconds } = status;
  return [
    gauge("leader", "1 while this candidate leads, by the clocks at this moment", status.isLeader),
    gauge(
      "term_remaining_seconds",
      "How long its own term lasts if it is not renewed",
      remainingSeconds,
    ),
    gauge("fencing_token", "The fencing token of the record last seen", status.token),
    gauge(
      "lease_age_seconds",
      "Time since the holder's last write was first seen",
      leaseAgeSeconds,
    ),
    gauge("store_reachable", "1 while the store has responded recently", status.storeReachable),
    gauge("store_last_contact_seconds", "Time since the store last responded", lastContactSeconds),
    gauge(
      "writes_refused_seconds",
      "How long the store has refused every write of this candidate",
      refusedSeconds ?? 0,
    ),
    gauge("poll_period_seconds", "How often it polls as a follower", status.pollPeriodSeconds),
    gauge(
      "ready",
      "1 while its workload is ready to lead; absent for an observer",
      status.ready,
    ),
    gauge("rank", "The order in which candidates take over, 0 first", status.rank),
    counter("terms_total", "Terms that began", counters.terms),
    counter("terms_ended_total", "Terms that ended, by reason", ends),
    counter("leader_changes_total", "How often another holder was seen", counters.leaderChanges),
    counter("errors_total", "Failures that differ from the one before", counters.errors),
    counter(
      "log_lines_dropped_total",
      "Log lines that could not be written to stderr",
      counters.logLinesDropped,
    ),
    counter("store_requests_total", "Requests to the store, by method and HTTP status", requests),
    {
      name: "elector_build_info",
      type: "gauge",
      help: "1, with the version of the program",
      samples: [{ labels: { version: VERSION }, value: 1 }],
    },
  ];
}

/** One value, or one for each of some labels. */
type Value = number | boolean | null | readonly Sample[];

const TERM_ENDS = Object.keys(END_REASONS);

/** The requests to the store that are common, by method and result. */
const REQUESTS = ["GET", "PATCH", "POST"].flatMap((method) =>
  ["200", "304", "401", "403", "404", "409", "412", "429", "500", "502", "503", "504", "error"]
    .map((code) => `${method} ${code}`)
);

/** Adds 0 for what was not counted yet: otherwise Prometheus does not see the first increase. */
function withZeros(counts: ReadonlyMap<string, number>, keys: readonly string[]) {
  return [...new Map([...keys.map((key) => [key, 0] as const), ...counts])];
}

export function renderPrometheus(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value }) => `${name}{${renderLabels(labels)}} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, escapeCharacter)}"`)
    .join(",");
}

function escapeCharacter(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}
