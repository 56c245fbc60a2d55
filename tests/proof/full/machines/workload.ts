import type { Host } from "./host.ts";

/** What a workload throws that does not know whether it is ready. */
export class NotReadyError extends Error {}

/** A workload that is asked whether it is ready to lead. */
export class Workload {
  /** Since when it is not ready, by its machine's monotonic clock; `Infinity` while it is. */
  since = Infinity;
  readonly #host: Host;
  #throws = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The callback of the elector. */
  readonly isReady = (): boolean => {
    if (this.#throws) throw new NotReadyError("The database is down");
    return this.since === Infinity;
  };

  /** It is not ready from now on, and says so or throws. */
  fail(throws: boolean): void {
    if (this.since === Infinity) this.since = this.#host.monotonic();
    this.#throws = throws;
  }

  recover(): void {
    this.since = Infinity;
    this.#throws = false;
  }
}
