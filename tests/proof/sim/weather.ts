import type { Edit } from "../model/foreign.ts";
import { tokenOf } from "../model/store.ts";
import { holdsTerm, nameOf } from "./observer.ts";
import type { Process, Seat } from "./process.ts";
import type { Random } from "./random.ts";
import type { Fault } from "./scenario.ts";
import type { World } from "./world.ts";

/** What befalls machines, processes and the gist while the storm lasts. */
export class Storm {
  readonly #world: World;
  readonly #lease: number;
  readonly #endAt: number;
  /** The classes of fault that come by themselves, not with a request or with work. */
  readonly #strikes: Partial<Record<Fault, (random: Random, seat: Seat) => void>> = {
    "partitions": (random, seat) => this.#partition(seat, random),
    "rate limits": (random) => this.#limit(random),
    "revoked tokens": (random, seat) => this.#revoke(seat, random),
    "deletions": (random) => this.#deletion(random),
    "garbage": () => this.#edit("garbage", "garbage"),
    "foreign writers": (random) => this.#foreign(random),
    "other files": () => this.#edit("other files", "another file"),
    "drifting clocks": (random, seat) => this.#drift(seat, random),
    "wall clock steps": (random, seat) => this.#stepWall(seat, random),
    "suspensions": (random, seat) => this.#suspend(seat, random),
    "pauses": (random, seat) => this.#hit("pauses", seat, (it) => this.#pause(it, random)),
    "starvation": (random, seat) => this.#starve(seat, random),
    "crashes": (random, seat) => this.#hit("crashes", seat, (it) => this.#crash(it, random)),
    "stops": (random, seat) => this.#hit("stops", seat, (it) => this.#stop(it, random)),
    "hand edits": (random) => this.#edit("hand edits", random.pick(["by hand", "put back"])),
    "forced releases": (random) =>
      this.#edit("forced releases", random.pick(["forced release", "late forced release"])),
    "resets": () => this.#reset(),
    "requests": (random) => askForHandover(this.#world, random, this.#lease),
    "handovers": (random, seat) => this.#hit("handovers", seat, (it) => this.#handOver(it, random)),
    "unready spells": (random, seat) => this.#unready(seat, random),
  };

  /** Makes a storm that ends at some (true) time. */
  constructor(world: World, endAt: number) {
    this.#world = world;
    this.#lease = world.scenario.timings.leaseDuration;
    this.#endAt = endAt;
  }

  /** Arranges the first fault of each class; each arranges the next. */
  begin(): void {
    const { scenario: { faults, kind } } = this.#world;
    for (const fault of Object.keys(this.#strikes) as Fault[]) {
      if (!faults.has(fault)) continue;
      const random = this.#world.randomOf(fault);
      const pace = random.pick([2, 6, 20]) * this.#lease;
      // Near the edge, what counts is how often a leader is cut off for long.
      const isEdge = fault === "partitions" && kind === "edge";
      this.#arrange(fault, random, isEdge ? this.#lease : pace);
    }
  }

  #arrange(fault: Fault, random: Random, mean: number): void {
    this.#after(random.between(0, 2 * mean), () => {
      this.#strikes[fault]?.(random, this.#victim(random));
      this.#arrange(fault, random, mean);
    });
  }

  #hit(fault: Fault, { process }: Seat, act: (process: Process) => void): void {
    if (!process || process.pausedUntil > this.#world.now) return;
    this.#world.struck(fault, `${fault}: ${nameOf(process)}`);
    act(process);
  }

  #crash(process: Process, random: Random): void {
    this.#world.crash(process, random.chance(0.3) ? 0 : random.between(0, 1.5 * this.#lease));
  }

  #handOver(process: Process, random: Random): void {
    this.#world.dispatch(process, { type: "handover", to: nameOfAny(this.#world, random) });
  }

  #stop(process: Process, random: Random): void {
    if (random.chance(0.3)) return this.#world.dispatch(process, { type: "stepDown" });
    const reason = random.pick(["stopped", "finished", "failed"]);
    this.#world.dispatch(process, { type: "stop", reason });
  }

  /** The workload is not ready for a while; a leader asks it at its next heartbeat. */
  #unready(seat: Seat, random: Random): void {
    if (seat.isUnready) return;
    this.#world.struck("unready spells", `${seat.identity} is not ready`);
    const change = (isUnready: boolean) => {
      seat.isUnready = isUnready;
      for (const process of this.#world.processesAt(seat)) this.#world.wakeUp(process);
    };
    change(true);
    this.#after(2 * this.#span(random), () => change(false));
  }

  /** The process stands still; now and then somebody starts another one with the same identity meanwhile. */
  #pause(process: Process, random: Random): void {
    const { seat } = process;
    process.pausedUntil = this.#world.now + this.#span(random);
    process.lateUntil = Math.max(process.lateUntil, process.pausedUntil);
    if (!random.chance(0.3)) return;
    seat.process = undefined;
    this.#world.start(seat);
    const rest = random.between(0, 3 * this.#lease);
    this.#after(process.pausedUntil - this.#world.now + rest, () => this.#world.kill(process));
  }

  #partition(seat: Seat, random: Random): void {
    this.#world.struck("partitions", `partition: ${seat.identity}`);
    seat.cut = random.pick(["requests", "answers"]);
    this.#after(2 * this.#span(random), () => seat.cut = "nothing");
  }

  #limit(random: Random): void {
    this.#world.struck("rate limits");
    const { gist, now } = this.#world;
    const until = now + random.pick([0.2, 1, 4]) * random.between(0, this.#lease);
    gist.limitedUntil = Math.max(gist.limitedUntil, until);
  }

  #revoke(seat: Seat, random: Random): void {
    this.#world.struck("revoked tokens", `token revoked: ${seat.identity}`);
    seat.refused = random.pick(["writes", "everything"]);
    this.#after(this.#span(random), () => seat.refused = "nothing");
  }

  /** A person brings the record back, once no term can run any more. */
  #deletion(random: Random): void {
    const { gist, now } = this.#world;
    const { file } = gist.head.effective;
    if (file.kind === "absent" || now + 4 * this.#lease > this.#endAt) return;
    this.#edit("deletions", "deletion");
    const wait = this.#lease / (1 - this.#world.scenario.rateBound) +
      random.between(0, 2 * this.#lease);
    this.#world.queue.add(now + wait, () => {
      this.#world.tell("(the record is brought back)");
      if (gist.head.effective.file.kind === "absent") this.#write("forced release");
    });
  }

  /** Somebody changes the gist, if it holds the lock. */
  #edit(fault: Fault, edit: Edit): void {
    const { gist } = this.#world;
    if (gist.head.effective.file.kind === "absent") return;
    if (this.#write(edit)) this.#world.struck(fault, `${fault}: ${edit}`);
  }

  #write(edit: Edit): boolean {
    return this.#world.gist.edit(edit, this.#world.now, this.#lease / 1_000);
  }

  /**
   * The lock is put back to `{}`, whichever candidate holds it: its tokens restart for candidates that know none, and for
   * the resource.
   */
  #reset(): void {
    if (this.#world.gist.head.effective.file.kind === "absent") return;
    this.#edit("resets", "reset");
    this.#world.observer.forgetTokens();
    this.#world.resource.forget(this.#world.gist.head.index);
  }

  /** A candidate in Go takes the lock without asking, renews for a while, and is gone. */
  #foreign(random: Random): void {
    const { gist, scenario: { timings } } = this.#world;
    if (gist.head.effective.file.kind === "absent") return;
    this.#world.struck("foreign writers");
    const token = tokenOf(gist.head.effective) + 1;
    const until = this.#world.now + this.#span(random);
    const renew = (edit: "go candidate" | "go renewal") => {
      const { file } = gist.head.effective;
      if (file.kind === "absent" || tokenOf(gist.head.effective) > token) return;
      if (!this.#write(edit)) return;
      if (this.#world.now < until) this.#after(timings.retryPeriod, () => renew("go renewal"));
    };
    renew("go candidate");
  }

  #drift(seat: Seat, random: Random): void {
    const { scenario: { isPinned, rateBound }, now } = this.#world;
    if (isPinned) return;
    this.#world.struck("drifting clocks", `${seat.identity}'s clocks change their rates`);
    // Back and forth between the bounds, or anywhere within.
    const off = () => random.chance(0.3) ? random.pick([-1, 1]) : random.between(-1, 1);
    seat.clock.settle(now);
    seat.clock.rate = 1 + off() * rateBound;
    seat.clock.wallRate = 1 + off() * rateBound;
    for (const process of this.#world.processesAt(seat)) this.#world.rearm(process);
  }

  #stepWall(seat: Seat, random: Random): void {
    const size = random.pick([1_000, this.#lease, 3_600_000]) * random.next();
    const by = seat.isSetBack && random.chance(0.5) ? -size : size;
    this.#world.struck("wall clock steps", `${seat.identity}'s wall clock is set by ${by} ms`);
    seat.clock.stepWall(this.#world.now, by);
    for (const process of this.#world.processesAt(seat)) {
      this.#world.observer.checkAlone(process);
      this.#world.wakeUp(process);
    }
  }

  #suspend(seat: Seat, random: Random): void {
    const { now, scenario: { kind } } = this.#world;
    const { clock } = seat;
    const isBroken = kind === "broken clocks";
    // Not both: a machine that sleeps while its wall clock is set back has no clock left to know.
    if (clock.isSuspended || clock.isFrozen || (seat.isSetBack && !isBroken)) return;
    this.#world.struck("suspensions", `${seat.identity} is suspended`);
    const until = now + this.#span(random);
    clock.settle(now);
    if (isBroken && random.chance(0.5)) clock.isFrozen = true;
    else clock.isSuspended = true;
    for (const process of this.#world.processesAt(seat)) {
      process.pausedUntil = Math.max(process.pausedUntil, until);
    }
    this.#after(until - now, () => resume(this.#world, seat));
  }

  #starve(seat: Seat, random: Random): void {
    if (seat.lateness > 0) return;
    this.#world.struck("starvation", `${seat.identity} starves`);
    seat.lateness = random.pick([100, 0.1 * this.#lease, this.#lease]);
    for (const process of this.#world.processesAt(seat)) process.lateUntil = Infinity;
    this.#after(this.#span(random), () => feed(this.#world, seat));
  }

  /** Leaders are the more interesting victims. */
  #victim(random: Random): Seat {
    const { seats, processes, now } = this.#world;
    const any = seats[random.index(seats.length)];
    const leader = processes.find((process) => holdsTerm(process, now));
    const victim = leader && random.chance(0.5) ? leader.seat : any;
    if (!victim) throw new Error("There is nobody");
    return victim;
  }

  #span(random: Random): number {
    return random.pick([0.1, 0.7, 2]) * random.between(0, this.#lease);
  }

  #after(ms: number, act: () => void): void {
    this.#world.queue.add(this.#world.now + ms, act);
  }
}

/** Somebody asks for a handover: now and then by an old read, and mostly so that another write comes first now and then. */
export function askForHandover(world: World, random: Random, lease: number): void {
  const { gist } = world;
  const lag = random.chance(0.2) ? random.between(0, lease) : 0;
  const travel = random.pick([1, 100, 0.2 * lease]) * random.next();
  const base = gist.headAt(world.now - lag);
  const name = nameOfAny(world, random);
  world.queue.add(world.now + travel, () => {
    if (gist.limitedUntil > world.now || !gist.request(base, name, world.now)) return;
    world.struck("requests", `a handover to ${name} is asked for`);
  });
  // Another sender has read the same.
  if (!random.chance(0.3)) return;
  const other = nameOfAny(world, random);
  world.queue.add(world.now + travel, () => gist.request(base, other, world.now));
}

/** One of the candidates, or a name that none has. */
function nameOfAny({ seats }: World, random: Random): string {
  return random.chance(0.2) ? "nobody" : seats[random.index(seats.length)]?.identity ?? "nobody";
}

/** A machine wakes from its suspension. */
export function resume(world: World, seat: Seat): void {
  const { clock, identity } = seat;
  if (!clock.isSuspended && !clock.isFrozen) return;
  clock.settle(world.now);
  clock.isSuspended = false;
  clock.isFrozen = false;
  world.tell(`(${identity} wakes up)`);
  for (const process of world.processesAt(seat)) world.wakeUp(process);
}

/** A machine's processes run in time again; what is overdue happens now. */
function feed(world: World, seat: Seat): void {
  seat.lateness = 0;
  for (const process of world.processesAt(seat)) {
    process.lateUntil = world.now;
    world.wakeUp(process);
  }
}
