import { originOf } from "../options/address.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { httpHandler, type HttpSources } from "./http.ts";
import { settleWithin } from "../run/settle.ts";

/** How long a client that does not read its response is waited for at the end, in milliseconds. */
const CLOSE_MS = 1_000;

/** A candidate's HTTP address, while it is served. */
export interface Listening extends AsyncDisposable {
  /** Where it is, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

/**
 * Serves a candidate's HTTP address.
 *
 * @throws {CommandError} If nothing can listen there.
 */
export function listen(address: Deno.NetAddr, sources: HttpSources): Listening {
  const closing = new AbortController();
  const { hostname, port } = address;
  try {
    const server = Deno.serve(
      {
        hostname,
        port,
        signal: closing.signal,
        onListen: () => {},
        // The runtime would print the error, and wait until somebody reads it.
        onError: () => new Response("This candidate cannot tell how it stands\n", { status: 500 }),
      },
      httpHandler(sources),
    );
    return {
      url: originOf(server.addr),
      async [Symbol.asyncDispose]() {
        closing.abort();
        await settleWithin(server.finished, CLOSE_MS);
      },
    };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "something else listens there"
      : "the system refuses it";
    throw new CommandError(
      EXIT.unavailable,
      `Cannot listen on ${originOf(address)} as the address must be free: ${reason}`,
      { cause: error },
    );
  }
}
