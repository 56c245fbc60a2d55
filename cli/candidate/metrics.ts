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
      [...counters.termsEnded].map(([reason, value]) => ({ labels: { ...labels, reason }, value })),
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
      [...counters.requests].map(([key, value]) => {
        const [method = "", code = ""] = key.split(" ");
        return { labels: { ...labels, method, code }, value };
      }),
    ),
  ];
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
