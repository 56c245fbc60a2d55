import type { Metric } from "./metrics.ts";

/** The part of OpenTelemetry's API that is used; the runtime provides it if `OTEL_DENO` is set. */
interface Meter {
  createObservableGauge(name: string, options: { description: string }): Instrument;
  createObservableCounter(name: string, options: { description: string }): Instrument;
}

interface Instrument {
  addCallback(callback: (result: Result) => void): void;
}

interface Result {
  observe(value: number, attributes: Readonly<Record<string, string>>): void;
}

/** Whether the runtime's OpenTelemetry is on. */
export function hasTelemetry(): boolean {
  return findMeter() !== undefined;
}

function findMeter(): Meter | undefined {
  try {
    return Deno.telemetry.meterProvider.getMeter("elector");
  } catch {
    // Without OTEL_DENO, the runtime has no meter.
    return undefined;
  }
}

/** Exports the metrics to the runtime's OpenTelemetry, if that is on: `collect` is called for each export. */
export function exportMetrics(collect: () => readonly Metric[]): void {
  const meter = findMeter();
  if (!meter) return;
  for (const { name, type, help } of collect()) {
    const instrument = type === "gauge"
      ? meter.createObservableGauge(name, { description: help })
      : meter.createObservableCounter(name, { description: help });
    instrument.addCallback((result) => {
      try {
        const metric = collect().find((candidate) => candidate.name === name);
        for (const { value, labels } of metric?.samples ?? []) result.observe(value, labels);
      } catch {
        // A missing metric must not end the candidate.
      }
    });
  }
}
