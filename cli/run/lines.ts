import type { CampaignerMessage, KeeperMessage } from "./messages.ts";
import { settleWithin } from "./settle.ts";

/** Reads the lines of a stream of UTF-8, without their ends, until it ends or the signal aborts. */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let rest = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const stop = () => reader.cancel();
  signal?.addEventListener("abort", stop, { once: true });
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  signal?.removeEventListener("abort", stop);
  if (rest !== "") yield rest;
}

/** Sends messages to another process without waiting for it. */
export interface LineSender {
  /**
   * Sends a message as a line of JSON. Never throws. Does nothing once the other process is gone. While the other process does
   * not read, a message replaces an older one of its kind about the same term, so that they do not pile up.
   */
  send(message: KeeperMessage | CampaignerMessage): void;
  /** Closes the stream once all is sent. Does not wait long for a process that does not read. */
  close(): Promise<void>;
}

/** How long the end waits for a process that does not read, in milliseconds. */
const CLOSE_MS = 1_000;

export function lineSender(stream: WritableStream<Uint8Array<ArrayBuffer>>): LineSender {
  const writer = stream.getWriter();
  // Ignore broken-pipe errors here; the reader's exit is handled elsewhere.
  writer.closed.catch(() => {});
  const waiting = new Map<string, Uint8Array<ArrayBuffer>>();
  let writing: Promise<void> | undefined;
  const writeAll = async () => {
    // `send()` must assign `writing` before this can end.
    await Promise.resolve();
    for (const [key, line] of waiting) {
      waiting.delete(key);
      await writer.write(line).catch(() => {});
    }
    writing = undefined;
  };
  return {
    send(message) {
      const key = `${message.type} ${"token" in message ? message.token : ""}`;
      // The newest message is read last.
      waiting.delete(key);
      waiting.set(key, new TextEncoder().encode(`${JSON.stringify(message)}\n`));
      writing ??= writeAll();
    },
    async close() {
      await settleWithin((writing ?? Promise.resolve()).then(() => writer.close()), CLOSE_MS);
    },
  };
}
