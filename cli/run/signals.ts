import { exitCodeOfSignal } from "../exit_codes.ts";
import type { Keeper } from "./keeper.ts";
import type { StopSignal } from "./messages.ts";

/** Signals that end a run, and are passed on to the command. */
const STOPPING: readonly StopSignal[] = ["SIGINT", "SIGTERM"];

/** Signals that are passed on to the command, and end a run without one. */
const ENDING_IDLE: readonly Deno.Signal[] = ["SIGHUP", "SIGQUIT"];

/** Signals that are passed on to the command, and ignored without one. */
const PASSED_ON: readonly Deno.Signal[] = ["SIGUSR1", "SIGUSR2"];

/** Listens for a signal, if the system has it: Windows has only some. */
function receive(signal: Deno.Signal, listener: () => void): void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch (error) {
    if (Deno.build.os !== "windows") throw error;
  }
}

/** Passes the signals of the keeper's process on. */
export class Relay {
  #keeper: Keeper | undefined;
  readonly #waiting: Deno.Signal[] = [];
  /** The signal that ended the run, in whichever process it arrived. */
  stoppedBy: Deno.Signal | undefined;

  /** Begins to listen: from now on no signal ends this process directly. */
  constructor() {
    for (const signal of [...STOPPING, ...ENDING_IDLE, ...PASSED_ON]) {
      receive(signal, () => this.#receive(signal));
    }
  }

  /**
   * Passes signals on to the command, including those that came before. INT and TERM also end the run; HUP and QUIT do so
   * if there is no command that could handle them.
   */
  attach(keeper: Keeper): void {
    this.#keeper = keeper;
    for (const signal of this.#waiting.splice(0)) this.#receive(signal);
  }

  #receive(signal: Deno.Signal): void {
    const keeper = this.#keeper;
    if (!keeper) return void this.#waiting.push(signal);
    if (!endsRun(signal, keeper.isBusy)) return keeper.forward(signal);
    this.stoppedBy ??= signal;
    keeper.stop(signal);
  }
}

/** Whether a signal ends a run, and is not only for its command. */
export function endsRun(signal: Deno.Signal, hasCommand: boolean): boolean {
  if (signal === "SIGINT" || signal === "SIGTERM") return true;
  return ENDING_IDLE.includes(signal) && !hasCommand;
}

/**
 * Listens for signals in the campaigner's process: a supervisor may send them to all processes of a service at once. INT and
 * TERM end the campaign, as they end the keeper; the keeper passes the others on to the command.
 */
export function onStopSignals(stop: (signal: StopSignal) => void): void {
  for (const signal of STOPPING) receive(signal, () => stop(signal));
  for (const signal of [...ENDING_IDLE, ...PASSED_ON]) receive(signal, () => {});
}

/** The end of a process without a command. */
export class Stop {
  readonly #controller = new AbortController();
  #stoppedBy: Deno.Signal | undefined;
  /** Aborts when the process is to end. */
  readonly signal: AbortSignal = this.#controller.signal;

  /**
   * Begins to listen: INT, TERM, HUP and QUIT abort the signal. A second one does not end it earlier: a supervisor may
   * send two, and the lock has to be released.
   */
  constructor() {
    for (const signal of [...STOPPING, ...ENDING_IDLE]) {
      receive(signal, () => {
        this.#stoppedBy ??= signal;
        this.#controller.abort();
      });
    }
  }

  /** The exit code if a signal ended the process; `undefined` otherwise. */
  get exitCode(): number | undefined {
    return this.#stoppedBy && exitCodeOfSignal(this.#stoppedBy);
  }

  /** Ends the process for another reason. */
  abort(): void {
    this.#controller.abort();
  }
}
