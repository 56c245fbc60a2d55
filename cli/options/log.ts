import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { type Log, stderrLog } from "../output/log.ts";
import type { LOG_OPTIONS, Values } from "./options.ts";
import { sourceOf } from "./read.ts";

/** Opens the log of a candidate, which cannot be both quiet and verbose. */
export function openLog(values: Values<typeof LOG_OPTIONS[number]>): Log {
  const { json, verbose, quiet } = values;
  if (verbose && quiet) {
    const either = ["quiet", "verbose"].map((name) => sourceOf(values, name)).join(" or ");
    throw new CommandError(EXIT.config, `Cannot be quiet and verbose at once: use ${either}`);
  }
  return stderrLog(json, quiet ? "quiet" : verbose ? "verbose" : "normal");
}
