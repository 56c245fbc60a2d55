import { until } from "./elector_process.ts";

/** The address that a process of the program says it listens on. */
export async function urlOf(process: { readonly stderr: readonly string[] }): Promise<string> {
  const line = await until(
    () => process.stderr.find((line) => line.includes("http://")),
    () => "the address",
  );
  return /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
}

/** A port for a process that does not say where it listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The status with which an endpoint responds; `undefined` where it does not. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

/** The variables that send a process's metrics to a collector, each so many milliseconds. */
export function telemetryTo(url: string, interval = 60_000): Record<string, string> {
  return {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRIC_EXPORT_INTERVAL: `${interval}`,
  };
}
