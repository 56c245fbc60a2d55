import type { StderrKind } from "../support/hostile_stderr.ts";
import { HOSTILE_KINDS, isMissing, OUTPUT_CASES } from "./output_cases.ts";

/** Some of each here, at the same time; each of them by itself is among the long tests. */
const SAMPLE: Readonly<Record<string, readonly StderrKind[]>> = {
  "loses its lease ends the command in time, and leads again": ["full pipe", "full disk"],
  "has its campaigner stopped ends the command before anyone leads": ["full pipe"],
  "has a command ends with its code": HOSTILE_KINDS,
};

for (const [what, kinds] of Object.entries(SAMPLE)) {
  Deno.test({
    name: `elector run that ${what}, where its stderr is one of: ${kinds.join(", ")}`,
    ignore: kinds.every(isMissing),
    fn: async () => {
      const present = kinds.filter((kind) => !isMissing(kind));
      await Promise.all(present.map((kind) => OUTPUT_CASES[what]?.(kind)));
    },
  });
}
