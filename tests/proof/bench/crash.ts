/**
 * Measures failovers of real processes with the default timings, after crashes and clean stops: `deno task bench:crash`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type StoreName, STORES } from "../../support/local_stores.ts";
import { mean, sum } from "./figures.ts";
import { type Found, type GroupOptions, play, timingsOf } from "./crash_group.ts";

const HELP = `Measures failovers of real \`elector run\` processes with the default timings,
by a gist and by a bucket on this machine, all at the same time: from SIGKILL to
all processes of the leader, or SIGTERM to it, until the next one's command runs.

  --store S          only "git", "rest" or "bucket"; may be repeated
  --kills N          how many kills, and stops, over a bucket (default: 20)
  --gist-kills N     the same over a gist, whose lease is longer (default: 9)
  --groups N         shares them among N groups with a lock each (default: 3)
  --candidates N     how many candidates a group has (default: 3)
  --round-trip MS    how long a request takes, in milliseconds (default: 30)`;

/** What all groups of a store found together. */
interface Result extends Found {
  readonly store: StoreName;
}

/** A duration, and as a multiple of the timing that it depends on. */
function time(of: "crashes" | "stops", how: (all: readonly number[]) => number) {
  return (result: Result) => {
    const { leaseDuration, pollPeriod } = timingsOf(result.store);
    const [unit, name] = of === "crashes" ? [leaseDuration, "L"] : [pollPeriod, "P"];
    const ms = how(result[of]);
    return `${(ms / 1_000).toFixed(1)} s = ${(ms / unit).toFixed(2)} ${name}`;
  };
}

const most = (all: readonly number[]) => Math.max(...all);

/** Adds up what the groups counted, and divides. */
function rate(of: (counts: Found["counts"][number]) => [part: number, whole: number], digits = 0) {
  return ({ counts }: Result) => {
    const all = counts.map(of);
    const whole = sum(all.map(([, whole]) => whole));
    return (sum(all.map(([part]) => part)) / whole).toFixed(digits);
  };
}

const hours = ({ ms }: Found["counts"][number]) => ms / 3_600_000;

const ROWS: readonly [title: string, cell: (result: Result) => string][] = [
  ["kills, clean stops", ({ crashes, stops }) => `${crashes.length}, ${stops.length}`],
  ["after a crash, on average", time("crashes", mean)],
  ["after a crash, at worst", time("crashes", most)],
  ["after a clean stop, on average", time("stops", mean)],
  ["after a clean stop, at worst", time("stops", most)],
  ["requests an hour, leader", rate((all) => [all.ofLeader, hours(all)])],
  ["requests an hour, follower", rate((all) => [all.ofFollowers, all.followers * hours(all)])],
  ["of these answered 304", rate((all) => [all.notModified, all.followers * hours(all)])],
  ["requests a renewal", rate(({ ofLeader, renewals }) => [ofLeader, renewals], 2)],
  // A renewal makes one poll of each follower find something new, which may cost more requests.
  ["requests a poll", rate(({ ofFollowers, polls }) => [ofFollowers, polls], 2)],
];

const TITLES = { git: "gist by `git`", rest: "gist by `rest`", bucket: "bucket" };

function print(results: readonly Result[]): void {
  const lines = [
    ["", ...results.map(({ store }) => TITLES[store])],
    ["---", ...results.map(() => "---")],
    ...ROWS.map(([title, cell]) => [title, ...results.map(cell)]),
  ];
  for (const cells of lines) console.log(`| ${cells.join(" | ")} |`);
}

/** What a bucket promises: the goals that are missed. */
function missed({ crashes, stops }: Result, roundTrip: number): string[] {
  const { leaseDuration: L, pollPeriod: P } = timingsOf("bucket");
  const late = 2 * roundTrip;
  const goals: [string, number, number][] = [
    ["after a crash, on average: at most 1.0 L", mean(crashes), L],
    ["after a crash, at worst: at most 1.2 L", most(crashes), 1.2 * L],
    ["after a clean stop, on average: at most 0.5 P + 2 requests", mean(stops), 0.5 * P + late],
    ["after a clean stop, at worst: at most 1.2 P + 2 requests", most(stops), 1.2 * P + late],
  ];
  return goals.flatMap(([goal, is, limit]) =>
    is > limit ? `Missed ${goal}: ${is.toFixed(0)} ms, limit ${limit.toFixed(0)} ms` : []
  );
}

/** Spreads points evenly over the time between two renewals, and deals them out to groups. */
function deal(count: number, groups: number): number[][] {
  const phases = Array.from({ length: count }, (_, place) => (place + 0.5) / count);
  return Array.from(
    { length: groups },
    (_, group) => phases.filter((_, place) => place % groups === group),
  );
}

async function measure(
  store: StoreName,
  count: number,
  groups: number,
  options: Pick<GroupOptions, "candidates" | "roundTrip">,
): Promise<Result> {
  const found = await Promise.all(
    deal(count, groups).map((phases, group) => {
      const log = (line: string) => console.error(`${store} ${group + 1}: ${line}`);
      return play({ ...options, store, log, kills: phases, stops: phases.toReversed() });
    }),
  );
  return {
    store,
    crashes: found.flatMap(({ crashes }) => crashes),
    stops: found.flatMap(({ stops }) => stops),
    counts: found.flatMap(({ counts }) => counts),
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      store: { type: "string", multiple: true, default: [...STORES] },
      kills: { type: "string", default: "20" },
      "gist-kills": { type: "string", default: "9" },
      groups: { type: "string", default: "3" },
      candidates: { type: "string", default: "3" },
      "round-trip": { type: "string", default: "30" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const roundTrip = Number(values["round-trip"]);
  const chosen = STORES.filter((store) => values.store.includes(store));
  const results = await Promise.all(chosen.map((store) => {
    const count = Number(store === "bucket" ? values.kills : values["gist-kills"]);
    const candidates = Number(values.candidates);
    return measure(store, count, Number(values.groups), { candidates, roundTrip });
  }));
  print(results);
  const bucket = results.find(({ store }) => store === "bucket");
  const misses = bucket ? missed(bucket, roundTrip) : [];
  for (const miss of misses) console.log(miss);
  return misses.length === 0 ? 0 : 1;
}

Deno.exit(await main());
