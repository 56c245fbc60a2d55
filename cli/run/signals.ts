import type { Keeper } from "./keeper.ts";
import type { StopSignal } from "./messages.ts";

/** Signals that end a run, and are passed on to the command. */
const STOPPING: readonly StopSignal[] = ["SIGINT", "SIGTERM"];

/** Signals that are passed on to the command, and end a run that has no command. */
const ASKING: readonly Deno.Signal[] = ["SIGHUP", "SIGQUIT"];

/** Signals that are passed on to the command, and mean nothing where there is none. */
const TELLING: readonly Deno.Signal[] = ["SIGUSR1", "SIGUSR2"];

/** Receives a signal, where the system knows it: Windows has only some. */
function receive(signal: Deno.Signal, listener: () => void): void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch (error) {
    if (Deno.build.os !== "windows") throw error;
  }
}

/** The signals that came to the keeper's process. */
export class Relay {
  #keeper: Keeper | undefined;
  readonly #waiting: Deno.Signal[] = [];
  #stoppedBy: Deno.Signal | undefined;

  /** Begins to receive signals: from now on none of them ends this process by itself. */
  constructor() {
    for (const signal of [...STOPPING, ...ASKING, ...TELLING]) {
      receive(signal, () => this.#receive(signal));
    }
  }

  /** The signal that ended the run; `undefined` where none did. */
  get stoppedBy(): Deno.Signal | undefined {
    return this.#stoppedBy;
  }

  /**
   * Passes signals on to the command from now on, also those that came before. INT and TERM end the run as well; HUP and
   * QUIT do where there is no command that could heed them.
   */
  attach(keeper: Keeper): void {
    this.#keeper = keeper;
    for (const signal of this.#waiting.splice(0)) this.#receive(signal);
  }

  /** Notes that the run was ended by a signal, wherever it came in. */
  note(signal: Deno.Signal): void {
    this.#stoppedBy ??= signal;
  }

  #receive(signal: Deno.Signal): void {
    const keeper = this.#keeper;
    if (!keeper) {
      this.#waiting.push(signal);
      return;
    }
    if (!endsRun(signal, keeper.isBusy)) return keeper.forward(signal);
    this.note(signal);
    keeper.stop(signal);
  }
}

/** Whether a signal ends a run, rather than being for its command alone. */
export function endsRun(signal: Deno.Signal, hasCommand: boolean): boolean {
  if (signal === "SIGINT" || signal === "SIGTERM") return true;
  return ASKING.includes(signal) && !hasCommand;
}

/**
 * Receives the signals of the campaigner's process, which a supervisor may send to all processes of a service at once: INT
 * and TERM end the campaign, as they end the keeper; what is meant for the command is the keeper's to pass on.
 */
export function onStopSignals(stop: (signal: StopSignal) => void): void {
  for (const signal of STOPPING) receive(signal, () => stop(signal));
  for (const signal of [...ASKING, ...TELLING]) receive(signal, () => {});
}

/**
 * Resolves with the first signal that ends a process which has no command: INT, TERM, HUP or QUIT. Those that follow do not
 * hurry it: a supervisor may send two, and the lock has to be released.
 */
export function untilStopped(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    for (const signal of [...STOPPING, ...ASKING]) receive(signal, () => resolve(signal));
  });
}
