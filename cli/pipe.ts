/** A way to send lines to another process without waiting for it. */
export interface LineSender {
  /** Sends a value as a line of JSON. Does nothing once the other side is gone. */
  send(value: unknown): void;
  /** Says that no more will come, once all is sent. */
  close(): Promise<void>;
}

/** Sends lines into a stream, in order. */
export function lineSender(stream: WritableStream<Uint8Array<ArrayBuffer>>): LineSender {
  const writer = stream.getWriter();
  // A pipe whose reader is gone says so wherever it is touched; the reader's end is noticed elsewhere.
  writer.closed.catch(() => {});
  return {
    send(value) {
      writer.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`)).catch(() => {});
    },
    close: () => writer.close().catch(() => {}),
  };
}
