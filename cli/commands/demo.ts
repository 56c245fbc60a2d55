import { parseArgs } from "node:util";
import { checkTimings, failoverBounds, type Timings } from "../../elector/mod.ts";
import { type Protocol, REQUESTS } from "../../gist/mod.ts";
import { LOCAL_TOKEN, type ServedGists, serveGists } from "../../gist/server/mod.ts";
import { escapeText, systemClock } from "../../lock/mod.ts";
import { UsageError } from "../command.ts";
import { jsonScreen, liveScreen, plainScreen, type Screen } from "../demo/screen.ts";
import { playScript, REGIONS } from "../demo/script.ts";
import { DemoError, Stage } from "../demo/stage.ts";
import { type DemoSummary, summarize } from "../demo/summary.ts";
import { type Bounds, termsOf } from "../demo/terms.ts";
import { EXIT } from "../exit_codes.ts";
import { DEFAULT_PROTOCOL } from "../options/lock.ts";
import { printError } from "../output/output.ts";
import { formatDuration, isTerminal, stylesOfStdout } from "../output/terminal.ts";

const HELP = `Usage: elector demo [--protocol rest|git] [--json]

Starts a gist server and three candidates on this machine, ends one leader after
the other, and shows who leads.

  --protocol NAME  How candidates exclude each other on the gist: rest or git
  --json           One line of JSON an event, and one for the summary

Example: elector demo`;

/** A real gist gets far longer ones; these are for people who watch. */
const TIMINGS: Timings = checkTimings({
  leaseDuration: 5_000,
  renewDeadline: 3_500,
  retryPeriod: 1_000,
  pollPeriod: 500,
  requestTimeout: 1_000,
  drainTimeout: 1_000,
});

/** How long processes may take to start on a machine that is busy. */
const START_MS = 10_000;
const TICK_MS = 100;

interface DemoOptions {
  readonly protocol: Protocol | undefined;
  readonly json: boolean;
}

/** `elector demo`: an election on this machine, for people to watch. Fails where a promise was broken. */
export async function runDemo(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (!options) {
    console.log(HELP);
    return EXIT.ok;
  }
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  try {
    const summary = await perform(options, interrupt.signal);
    if (!summary) {
      printError("Interrupted: everything that was started has ended.");
      return EXIT.interrupted;
    }
    return summary.broken.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
  }
}

function parseOptions(args: string[]): DemoOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const { protocol } = values;
  if (protocol !== undefined && protocol !== "rest" && protocol !== "git") {
    throw new UsageError(
      `Cannot use --protocol as it must be rest or git: it is "${escapeText(protocol, 40)}"`,
    );
  }
  return { protocol, json: values.json ?? false };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        protocol: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot run the demo: ${escapeText(message)}`, { cause });
  }
}

function introduction({ crash, release }: Bounds): string {
  const { leaseDuration, retryPeriod } = TIMINGS;
  return "Three regions elect one leader through a gist, in three processes on this machine.\n" +
    `A lease lasts ${formatDuration(leaseDuration)} and is renewed every ${
      formatDuration(retryPeriod)
    }. ` +
    `Promised: another leader within ${formatDuration(crash)} of a kill, ${
      formatDuration(release)
    } of a stop.`;
}

/** Plays the script, and ends all that it started, whatever happens. Without a result where it was interrupted. */
async function perform(
  { protocol = DEFAULT_PROTOCOL, json }: DemoOptions,
  signal: AbortSignal,
): Promise<DemoSummary | undefined> {
  await using gists = serveGists();
  const bounds = failoverBounds(TIMINGS, REQUESTS[protocol], protocol === "rest");
  const stage: Stage = new Stage({
    config: configure(gists, protocol),
    patience: bounds.crash + START_MS,
    signal,
    onEvent: (event) => screen.tell(event),
  });
  const screen = openScreen(json, stage);
  screen.begin(introduction(bounds));
  await playToTheEnd(stage, screen, signal);
  if (signal.aborted) return undefined;
  const { events, failures } = stage;
  const summary = summarize(termsOf(events), bounds, gists.server.counts, failures);
  screen.end(summary);
  return summary;
}

async function playToTheEnd(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const ticking = tickUntil(ended.signal, screen);
  try {
    await playScript(stage);
  } catch (error) {
    // The stage keeps its own failures for the summary.
    if (!(error instanceof DemoError) && !signal.aborted) throw error;
  } finally {
    await stage.close();
    ended.abort();
    await ticking;
  }
}

async function tickUntil(signal: AbortSignal, screen: Screen): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(TICK_MS, { signal }).catch(() => {});
    if (!signal.aborted) screen.tick();
  }
}

function configure({ url, server }: ServedGists, protocol: Protocol | undefined) {
  const id = server.createGist({ "leader-election.json": "{}" });
  return { baseUrl: url, id, token: LOCAL_TOKEN, protocol, timings: TIMINGS };
}

function openScreen(json: boolean, stage: Stage): Screen {
  if (json) return jsonScreen();
  const options = {
    regions: REGIONS,
    startedAt: systemClock.wall(),
    events: () => stage.events,
  };
  return isTerminal() ? liveScreen(options, stylesOfStdout()) : plainScreen(options);
}
