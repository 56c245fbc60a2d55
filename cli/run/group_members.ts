import { settleWithin } from "./settle.ts";

/** The states of a group's processes, as `ps` names them: `Z` is dead and not reaped. `undefined` where none can be told. */
export type ListMembers = (group: number) => Promise<readonly string[] | undefined>;

/** How long the system has to tell, in milliseconds. */
const LIST_MS = 1_000;

/** The states of a group's processes, from the system's own programs: this one may not look for itself. */
export const listMembers: ListMembers = async (group) => {
  const listing = Deno.build.os === "linux"
    // `ps` may be missing in a container, and differs where it is not.
    ? output("sh", ["-c", "cat /proc/[0-9]*/stat"]).then((text) => text && parseStats(text, group))
    : output("ps", ["-A", "-o", "pgid=", "-o", "stat="]).then((text) =>
      text && parsePs(text, group)
    );
  let states: readonly string[] | undefined;
  await settleWithin(listing.then((listed) => states = listed || undefined), LIST_MS);
  return states;
};

/** Reads Linux's `/proc/PID/stat`, one process a line: `PID (NAME) STATE PARENT GROUP …`. A name may hold anything. */
export function parseStats(text: string, group: number): string[] {
  return text.split("\n").flatMap((line) => {
    const [state = "", , pgrp] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return Number(pgrp) === group ? [state] : [];
  });
}

/** Reads lines of `GROUP STATE`. */
export function parsePs(text: string, group: number): string[] {
  return text.split("\n").flatMap((line) => {
    const [pgid = "", state = ""] = line.trim().split(/\s+/);
    return Number(pgid) === group ? [state] : [];
  });
}

/** What a program printed; `undefined` where it cannot be run. It may fail half-way: processes come and go. */
async function output(file: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(file, { args, stdin: "null", stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}
