import { MachineClock } from "./machine_clock.ts";
import type { Seat } from "./process.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/** True time begins here, by a right wall clock. */
const EPOCH = Date.UTC(2026, 0, 2, 3, 4, 5);
/** How far off wall clocks are set, in milliseconds. */
const WALL_ERROR = 3_600_000;

/** Makes a machine whose clocks are as wrong as its scenario allows. */
export function makeSeat(scenario: Scenario, index: number, random: Random, ranks: Random): Seat {
  const { kind, isPinned, faults, rateBound } = scenario;
  const clock = new MachineClock(
    random.between(0, 1e9),
    EPOCH + random.between(-WALL_ERROR, WALL_ERROR),
  );
  const off = isPinned ? (index % 2 === 0 ? -1 : 1) : random.between(-1, 1);
  clock.rate = 1 + off * rateBound;
  clock.wallRate = isPinned ? clock.rate : 1 + random.between(-1, 1) * rateBound;
  return {
    index,
    identity: `candidate-${index}`,
    clock,
    isSetBack: faults.has("wall clock steps") && (kind === "broken clocks" || index % 2 === 0),
    process: undefined,
    cut: "nothing",
    refused: "nothing",
    lateness: 0,
    rank: faults.has("ranks") ? ranks.index(4) : 0,
    isUnready: false,
  };
}
