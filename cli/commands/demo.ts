import { checkTimings, type Timings } from "../../elector/mod.ts";
import { systemClock } from "../../lock/mod.ts";
import { every } from "../../lock/system.ts";
import { command } from "../command.ts";
import { type Place, serveBucket, serveGist } from "../demo/place.ts";
import { jsonScreen, liveScreen, plainScreen, type Screen } from "../demo/screen.ts";
import { DemoError, playScript, REGIONS, Stage } from "../demo/stage.ts";
import { type DemoSummary, summarize } from "../demo/summary.ts";
import { type Bounds, termsOf } from "../demo/terms.ts";
import { EXIT, exitCodeOfSignal } from "../exit_codes.ts";
import { DEFAULT_PROTOCOL } from "../options/lock.ts";
import { printError } from "../output/output.ts";
import { formatDuration, isTerminal, stylesOfStdout } from "../output/terminal.ts";
import { Stop } from "../run/signals.ts";

/** Much shorter than those of a real gist, for people who watch. */
const TIMINGS: Timings = checkTimings({
  leaseDuration: 5_000,
  renewDeadline: 3_500,
  retryPeriod: 1_000,
  pollPeriod: 500,
  requestTimeout: 1_000,
  drainTimeout: 1_000,
});

/** How long processes may take to start on a busy machine, in milliseconds. */
const START_MS = 10_000;
const TICK_MS = 100;

export const DEMO = command({
  name: "demo",
  summary: "Watch candidates on this machine elect and lose a leader",
  about:
    "Starts a gist server (or a bucket server) and three candidates on this machine, ends one leader after the other, " +
    "hands over home at the end, and shows the current leader. Exits with 1 if a guarantee was broken.",
  options: ["store", "protocol", "json"],
  examples: ["elector demo", "elector demo --store bucket"],

  async run({ store, protocol = DEFAULT_PROTOCOL, json }) {
    const place = store === "bucket" ? serveBucket() : serveGist(protocol);
    await using _served = place.served;
    const summary = await perform(place, json, new Stop().signal);
    if (summary) return summary.broken.length === 0 ? EXIT.ok : EXIT.failed;
    printError("Interrupted: every process that was started has ended.");
    return exitCodeOfSignal("SIGINT");
  },
});

/** Plays the script, and ends every process that it started. Returns `undefined` if it was interrupted. */
async function perform(
  place: Place,
  json: boolean,
  signal: AbortSignal,
): Promise<DemoSummary | undefined> {
  const bounds = place.bounds(TIMINGS);
  const stage: Stage = new Stage({
    config: { lock: place.config, timings: TIMINGS },
    timeout: bounds.crash + START_MS,
    signal,
    onEvent: (event) => screen.show(event),
  });
  const screen = openScreen(json, stage);
  screen.begin(introduction(place.name, bounds));
  await playToTheEnd(stage, screen, signal);
  if (signal.aborted) return undefined;
  const { events, failures } = stage;
  const summary = summarize(termsOf(events), bounds, place.served.server.counts, failures);
  screen.end(summary);
  return summary;
}

async function playToTheEnd(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const stopTicking = every(systemClock, TICK_MS, () => screen.tick());
  try {
    await playScript(stage);
  } catch (error) {
    // The stage keeps its own failures for the summary.
    if (!(error instanceof DemoError) && !signal.aborted) throw error;
  } finally {
    await stage.close();
    stopTicking();
  }
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

function introduction(place: string, { crash, release }: Bounds): string {
  const [lease, retry] = [TIMINGS.leaseDuration, TIMINGS.retryPeriod].map(formatDuration);
  return `Three regions elect one leader through ${place}, in three processes on this machine.\n` +
    `A lease lasts ${lease} and is renewed every ${retry}. Guaranteed: another leader within ` +
    `${formatDuration(crash)} of a kill, ${formatDuration(release)} of a stop.`;
}
