import { until } from "./elector_process.ts";

/** The address that a process of the program says it listens on. */
export async function urlOf(process: { readonly stderr: readonly string[] }): Promise<string> {
  const line = await until(
    () => process.stderr.find((line) => line.includes("http://")),
    () => "the address",
  );
  return /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "";
}
