import type { Keeper } from "./keeper.ts";

const RELAYED: readonly Deno.Signal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGTERM",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
];

/** What became of the signals that were relayed. */
export interface Relay {
  /** The signal that ended the run; `undefined` where none did. */
  readonly stoppedBy: Deno.Signal | undefined;
}

/**
 * Passes signals on to the command. INT and TERM end the run as well; HUP and QUIT do where there is no command that could
 * heed them.
 *
 * @param onStop Called when the run is first told to end.
 */
export function relaySignals(keeper: Keeper, onStop: () => void): Relay {
  const relay: { stoppedBy: Deno.Signal | undefined } = { stoppedBy: undefined };
  for (const signal of RELAYED) {
    Deno.addSignalListener(signal, () => {
      const isUser = signal === "SIGUSR1" || signal === "SIGUSR2";
      const isStop = signal === "SIGINT" || signal === "SIGTERM";
      if (isUser || (!isStop && keeper.isBusy)) return keeper.forward(signal);
      if (relay.stoppedBy === undefined) onStop();
      relay.stoppedBy ??= signal;
      keeper.stop(signal);
    });
  }
  return relay;
}

/** Resolves with the first of INT and TERM that comes. */
export function untilStopped(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const listeners = signals.map((signal) => {
      const listener = () => {
        for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
        resolve(signal);
      };
      Deno.addSignalListener(signal, listener);
      return { signal, listener };
    });
  });
}
