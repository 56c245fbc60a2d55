/** The lines of a stream of UTF-8, without their ends, as they come, until it ends or the signal aborts. */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let rest = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const stop = () => reader.cancel();
  signal?.addEventListener("abort", stop, { once: true });
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const chunk = read.value;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  signal?.removeEventListener("abort", stop);
  if (rest !== "") yield rest;
}
