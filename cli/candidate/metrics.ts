import type { EndReason } from "../../elector/mod.ts";
import { VERSION } from "../version.ts";
import type { Counters, Figures } from "./status.ts";

/** One value of a metric, and what tells it apart. */
export interface Sample {
  /** What tells this value from others of the metric. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** One metric, as Prometheus and OpenTelemetry know it. */
export interface Metric {
  /** Its name, in Prometheus' conventions. */
  readonly name: string;
  /** A gauge goes up and down; a counter only up. */
  readonly type: "gauge" | "counter";
  /** What it means, in one line. */
  readonly help: string;
  /** Its values. */
  readonly samples: readonly Sample[];
}

/** What a candidate's metrics are. Gauges that have nothing to tell are left out. */
export function metricsOf(figures: Figures, counters: Counters): Metric[] {
  const labels = { identity: figures.identity, lock: figures.lock };
  const one = (value: number | null): Sample[] => value === null ? [] : [{ labels, value }];
  return [
    gauge("leader", "1 while this candidate leads, by the clocks at this moment", [
      { labels, value: figures.isLeader ? 1 : 0 },
    ]),
    gauge("term_remaining_seconds", "How long its own term lasts if it is not renewed", [
      { labels, value: figures.remainingSeconds },
    ]),
    gauge("fencing_token", "The fencing token of the record last seen", one(figures.token)),
    gauge(
      "lease_age_seconds",
      "Since the record was last seen to change",
      one(figures.leaseAgeSeconds),
    ),
    gauge("store_reachable", "1 while the store has answered lately", [
      { labels, value: figures.storeReachable ? 1 : 0 },
    ]),
    gauge(
      "store_last_contact_seconds",
      "Since the store last answered",
      one(figures.lastContactSeconds),
    ),
    gauge(
      "writes_refused_seconds",
      "How long the store has refused every write of this candidate",
      [{ labels, value: figures.refusedSeconds ?? 0 }],
    ),
    gauge("poll_period_seconds", "How often it polls while it follows", [
      { labels, value: figures.pollPeriodSeconds },
    ]),
    counter("terms_total", "Terms that began", [{ labels, value: counters.terms }]),
    counter(
      "terms_ended_total",
      "Terms that ended, by reason",
      [...withZeros(counters.termsEnded, Object.keys(END_REASONS))].map(([reason, value]) => ({
        labels: { ...labels, reason },
        value,
      })),
    ),
    counter("leader_changes_total", "How often another holder was seen", [
      { labels, value: counters.leaderChanges },
    ]),
    counter("errors_total", "Failures that differ from the one before", [
      { labels, value: counters.errors },
    ]),
    counter("log_lines_dropped_total", "Log lines that could not be written to stderr", [
      { labels, value: counters.logLinesDropped },
    ]),
    counter(
      "store_requests_total",
      "Requests to the store, by method and HTTP status",
      [...withZeros(counters.requests, REQUESTS)].map(([key, value]) => {
        const [method = "", code = ""] = key.split(" ");
        return { labels: { ...labels, method, code }, value };
      }),
    ),
    {
      name: "elector_build_info",
      type: "gauge",
      help: "1, with the version of the program",
      samples: [{ labels: { version: VERSION }, value: 1 }],
    },
  ];
}

/** Every reason that a term may end for: a new one must be named here, too. */
const END_REASONS: Readonly<Record<EndReason | "handover", true>> = {
  expired: true,
  lost: true,
  stopped: true,
  finished: true,
  failed: true,
  resigned: true,
  handover: true,
};

/** What requests to the store may come to, by method and result. */
const REQUESTS = ["GET", "PATCH", "POST"].flatMap((method) =>
  ["200", "304", "401", "403", "404", "409", "412", "429", "500", "502", "503", "504", "error"]
    .map((code) => `${method} ${code}`)
);

/** Counts, with 0 where nothing was counted yet: an increase from nothing would not be seen. */
function withZeros(counts: ReadonlyMap<string, number>, keys: readonly string[]) {
  return new Map([...keys.map((key) => [key, 0] as const), ...counts]);
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `leader_election_${name}`, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `leader_election_${name}`, type: "counter", help, samples };
}

/** Metrics in Prometheus' text format. */
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
