import { escapeText, systemClock } from "../lock/mod.ts";
import { systemFetch } from "../lock/system.ts";
import { originOf } from "./address.ts";
import { EXIT } from "./exit_codes.ts";
import { CommandError } from "./failures.ts";
import { asksForHelp, type Help, renderHelp } from "./help.ts";
import { RESIGN_HEADER } from "./http.ts";
import { readOptions } from "./read_options.ts";

const OPTIONS = ["http", "wait"] as const;

const HELP: Help = {
  usage: "resign [OPTIONS]",
  about:
    "Makes the leader that serves this address step down: its work ends, the lock is released, and it " +
    "claims nothing until another has led or a lease has passed. Waits for the successor. The leader " +
    "must run with --http, or be `elector serve` (127.0.0.1:4040).",
  options: OPTIONS,
  examples: ["elector resign --http 127.0.0.1:4040"],
};

const DEFAULT_ADDRESS = { hostname: "127.0.0.1", port: 4040 };
const DEFAULT_WAIT_MS = 60_000;
const LOOK_PERIOD_MS = 200;

/** `elector resign`: the leader on this machine steps down. */
export async function runResign(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  const origin = originOf(values.http ?? DEFAULT_ADDRESS);
  const { identity } = await ask(origin, "/");
  const { resigned } = await ask(origin, "/resign", "POST");
  if (resigned !== true) {
    console.error(`elector: ${shown(identity)} does not lead, so there is nothing to resign from`);
    return EXIT.failed;
  }
  console.log(`${shown(identity)} steps down`);
  const wait = values.wait ?? DEFAULT_WAIT_MS;
  const giveUpAt = systemClock.monotonic() + wait;
  while (systemClock.monotonic() < giveUpAt) {
    const { leader } = await ask(origin, "/");
    if (typeof leader === "string" && leader !== identity) {
      console.log(`${shown(leader)} leads now`);
      return EXIT.ok;
    }
    await systemClock.sleep(LOOK_PERIOD_MS);
  }
  console.error(`elector: nobody else has taken over within ${wait} ms`);
  return EXIT.notAcquired;
}

function shown(value: unknown): string {
  return typeof value === "string" ? escapeText(value) : "this candidate";
}

async function ask(
  origin: string,
  path: string,
  method: "GET" | "POST" = "GET",
): Promise<Record<string, unknown>> {
  try {
    const headers = { [RESIGN_HEADER]: "resign" };
    const request = new Request(`${origin}${path}`, { method, headers, redirect: "error" });
    const response = await systemFetch(request);
    const body: unknown = await response.json();
    return Object(body);
  } catch (cause) {
    throw new CommandError(
      EXIT.unavailable,
      `Cannot reach a candidate at ${origin} as one must run with --http there: see elector serve, elector run`,
      { cause },
    );
  }
}
