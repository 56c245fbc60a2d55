import { HOSTILE_KINDS, isMissing, OUTPUT_CASES } from "./output_cases.ts";

for (const [what, check] of Object.entries(OUTPUT_CASES)) {
  for (const stderr of HOSTILE_KINDS) {
    Deno.test({
      name: `elector run that ${what}, where its stderr is a ${stderr}`,
      ignore: isMissing(stderr),
      fn: () => check(stderr),
    });
  }
}
