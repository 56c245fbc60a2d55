import type { CampaignerMessage, KeeperMessage } from "./messages.ts";
import { settleWithin } from "./settle.ts";

/** A way to send messages to another process without waiting for it. */
export interface LineSender {
  /**
   * Sends a message as a line of JSON. Never throws. Does nothing once the other side is gone. While the other side does not
   * read, a message replaces an older one of its kind about the same term: nothing heaps up.
   */
  send(message: KeeperMessage | CampaignerMessage): void;
  /** Says that no more will come, once all is sent. Does not wait long for a process that does not read. */
  close(): Promise<void>;
}

/** How long a process that does not read is waited for at the end, in milliseconds. */
const CLOSE_MS = 1_000;

/** Sends messages into a stream, in order. */
export function lineSender(stream: WritableStream<Uint8Array<ArrayBuffer>>): LineSender {
  const writer = stream.getWriter();
  // A pipe whose reader is gone says so wherever it is touched; the reader's end is noticed elsewhere.
  writer.closed.catch(() => {});
  const waiting = new Map<string, Uint8Array<ArrayBuffer>>();
  let writing: Promise<void> | undefined;
  const writeAll = async () => {
    // `send()` must have noted that a write is under way before it can be over.
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
      // What is said last is read last.
      waiting.delete(key);
      waiting.set(key, new TextEncoder().encode(`${JSON.stringify(message)}\n`));
      writing ??= writeAll();
    },
    async close() {
      await settleWithin((writing ?? Promise.resolve()).then(() => writer.close()), CLOSE_MS);
    },
  };
}
