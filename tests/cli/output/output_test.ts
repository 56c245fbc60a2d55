import assert from "node:assert/strict";
import { LineQueue } from "../../../cli/output/output.ts";
import { nextTurn } from "../../../lock/system.ts";

/** A stream that takes what it is given as the test says. */
class Stage {
  text = "";
  calls = 0;
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<number> = (bytes) => this.take(bytes);
  readonly queue: LineQueue;

  constructor(capacity?: number) {
    this.queue = new LineQueue({
      write: (bytes) => {
        this.calls++;
        return this.write(bytes);
      },
      ...(capacity !== undefined && { capacity }),
    });
  }

  take(bytes: Uint8Array): Promise<number> {
    this.text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  /** Lines, until the stream has taken or refused them. */
  async writes(...lines: readonly string[]): Promise<void> {
    for (const line of lines) this.say(line);
    await this.queue.drained();
  }

  /** A line that says how many lines before it were dropped. */
  say(text: string): void {
    this.queue.push((dropped) => dropped > 0 ? `${text} (${dropped})` : text);
  }
}

const full = () => Promise.reject(new Error("No space left on device"));

Deno.test("LineQueue writes lines in order, one write at a time, in as many pieces as it takes", async () => {
  const stage = new Stage();
  let underWay = 0;
  stage.write = async (bytes) => {
    assert.equal(++underWay, 1);
    await nextTurn();
    underWay--;
    return await stage.take(bytes.subarray(0, 2));
  };
  await stage.writes("first", "second");
  assert.equal(stage.text, "first\nsecond\n");
  assert.equal(stage.queue.dropped, 0);
});

Deno.test("LineQueue drops a line that fails, and the next one reports it, once", async () => {
  const stage = new Stage();
  stage.write = full;
  await stage.writes("a", "b");
  assert.equal(stage.queue.dropped, 2);
  stage.write = (bytes) => stage.take(bytes);
  await stage.writes("c", "d");
  assert.equal(stage.text, "c (2)\nd\n");
  assert.equal(stage.queue.dropped, 2);
});

Deno.test("LineQueue keeps counting if the line that reports it fails, too", async () => {
  const stage = new Stage();
  stage.write = full;
  await stage.writes("a");
  await stage.writes("b");
  stage.write = (bytes) => stage.take(bytes);
  await stage.writes("c");
  assert.equal(stage.text, "c (2)\n");
});

Deno.test("LineQueue holds at most its capacity while a write blocks, and never waits for it", async () => {
  const stage = new Stage(3);
  const blocked = Promise.withResolvers<number>();
  stage.write = () => blocked.promise;
  stage.say("line 1");
  await nextTurn();
  for (let line = 2; line <= 10; line++) stage.say(`line ${line}`);
  // One is being written, three wait.
  assert.equal(stage.queue.dropped, 6);
  assert.equal(stage.calls, 1);
  stage.write = (bytes) => stage.take(bytes);
  blocked.resolve("line 1\n".length);
  await stage.queue.drained();
  assert.equal(stage.text, "line 2 (6)\nline 3\nline 4\n");
});

Deno.test("LineQueue begins a new line after one that was cut off", async () => {
  const stage = new Stage();
  let pieces = 0;
  stage.write = (bytes) => ++pieces === 1 ? stage.take(bytes.subarray(0, 3)) : full();
  await stage.writes("cut off");
  stage.write = (bytes) => stage.take(bytes);
  await stage.writes("whole", "last");
  assert.equal(stage.text, "cut\nwhole (1)\nlast\n");
});

Deno.test("LineQueue writes the next line though the first one failed at once", async () => {
  const stage = new Stage();
  stage.queue.push(() => {
    throw new Error("no line");
  });
  await nextTurn();
  stage.say("next");
  await nextTurn();
  assert.equal(stage.text, "next (1)\n");
});

Deno.test("LineQueue drops a line if no byte is written, if a write throws, and if the line itself does", async () => {
  const stage = new Stage();
  stage.write = () => Promise.resolve(0);
  await stage.writes("a");
  stage.write = () => {
    throw new Error("not even a promise");
  };
  await stage.writes("b");
  stage.queue.push(() => {
    throw new Error("no line");
  });
  await stage.queue.drained();
  assert.equal(stage.queue.dropped, 3);
});
