import assert from "node:assert/strict";
import type { KeeperMessage } from "../../../cli/run/messages.ts";
import { lineSender, readLines } from "../../../cli/run/lines.ts";
import { nextTurn } from "../../../lock/system.ts";

/** A pipe whose reader takes one line at a time, when the test says so. */
class Pipe {
  readonly read: string[] = [];
  #next = Promise.withResolvers<void>();
  isClosed = false;
  readonly stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: async (chunk) => {
      await this.#next.promise;
      this.read.push(new TextDecoder().decode(chunk));
    },
    close: () => {
      this.isClosed = true;
    },
  });

  async flow(): Promise<void> {
    this.#next.resolve();
    for (let turn = 0; turn < 20; turn++) await nextTurn();
  }

  get messages(): KeeperMessage[] {
    return this.read.map((line) => JSON.parse(line));
  }
}

Deno.test("lineSender() sends each message as a line, in order, then closes", async () => {
  const pipe = new Pipe();
  const sender = lineSender(pipe.stream);
  sender.send({ type: "ask", n: 1 });
  sender.send({ type: "stop" });
  const closing = sender.close();
  await pipe.flow();
  await closing;
  assert.deepEqual(pipe.read, ['{"type":"ask","n":1}\n', '{"type":"stop"}\n']);
  assert.equal(pipe.isClosed, true);
});

Deno.test("lineSender() keeps the last of each kind for a process that does not read, and all of a term", async () => {
  const pipe = new Pipe();
  const sender = lineSender(pipe.stream);
  sender.send({ type: "spawned", token: 1, pid: 11 });
  for (let n = 1; n <= 1_000; n++) {
    sender.send({ type: "ask", n });
    sender.send({ type: "stop" });
  }
  sender.send({ type: "ended", token: 1, byItself: false });
  sender.send({ type: "ended", token: 2, byItself: false });
  await pipe.flow();
  assert.deepEqual(pipe.messages, [
    { type: "spawned", token: 1, pid: 11 },
    { type: "ask", n: 1_000 },
    { type: "stop" },
    { type: "ended", token: 1, byItself: false },
    { type: "ended", token: 2, byItself: false },
  ]);
});

Deno.test("lineSender() does not fail if the other process is gone", async () => {
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
  });
  const sender = lineSender(stream);
  sender.send({ type: "stop" });
  await nextTurn();
  sender.send({ type: "ask", n: 1 });
  await sender.close();
});

Deno.test("lineSender() ends though the other process never reads", async () => {
  const sender = lineSender(new Pipe().stream);
  sender.send({ type: "stop" });
  await sender.close();
});

Deno.test("readLines() joins lines across chunks, and keeps a last one without an end", async () => {
  const bytes = new TextEncoder().encode("one\ntwö\n\nlast");
  const stream = ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  assert.deepEqual(await Array.fromAsync(readLines(stream)), ["one", "twö", "", "last"]);
});
