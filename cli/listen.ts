import { originOf } from "./address.ts";
import { EXIT } from "./exit_codes.ts";
import { CommandError } from "./failures.ts";
import { httpHandler, type HttpSources } from "./http.ts";

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
      { hostname, port, signal: closing.signal, onListen: () => {} },
      httpHandler(sources),
    );
    return {
      url: originOf(server.addr),
      async [Symbol.asyncDispose]() {
        closing.abort();
        await server.finished;
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
