import type { Fault } from "./fault.ts";

/** A meaningless response of the given length. */
export function giantAnswer(bytes: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return () => {
    let left = bytes;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left <= 0) return controller.close();
        const chunk = new Uint8Array(Math.min(left, 65_536)).fill(0x20);
        left -= chunk.length;
        controller.enqueue(chunk);
      },
    });
    return Promise.resolve(new Response(body, { headers }));
  };
}
