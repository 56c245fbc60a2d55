import type { Metric } from "./metrics.ts";

/** The little of OpenTelemetry's API that is needed; the runtime brings it where `OTEL_DENO` is set. */
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

let isOn = false;

/** Whether metrics go to the runtime's OpenTelemetry. The program then has to end by itself. */
export function isExporting(): boolean {
  return isOn;
}

/** Whether the runtime's OpenTelemetry is on, whatever is given to it. */
export function hasTelemetry(): boolean {
  return findMeter() !== undefined;
}

function findMeter(): Meter | undefined {
  try {
    return Deno.telemetry.meterProvider.getMeter("elector");
  } catch {
    // Where OTEL_DENO is not set, the runtime has no meter to give.
    return undefined;
  }
}

/**
 * Gives the metrics to the runtime's OpenTelemetry, where that is on.
 *
 * @param collect The metrics as they stand; called at each export.
 * @returns Whether it is on.
 */
export function exportMetrics(collect: () => readonly Metric[]): boolean {
  const meter = findMeter();
  if (!meter) return false;
  isOn = true;
  for (const { name, type, help } of collect()) {
    const instrument = type === "gauge"
      ? meter.createObservableGauge(name, { description: help })
      : meter.createObservableCounter(name, { description: help });
    instrument.addCallback((result) => {
      try {
        const metric = collect().find((candidate) => candidate.name === name);
        for (const { value, labels } of metric?.samples ?? []) result.observe(value, labels);
      } catch {
        // A figure that is missing must not end the candidate.
      }
    });
  }
  return true;
}
