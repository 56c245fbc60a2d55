import { tmpdir } from "node:os";

/** Where `install.ts` puts the servers that npm has, and finds them again. */
export const FOLDER = Deno.env.get("ELECTOR_TEST_SERVERS") ?? `${tmpdir()}/leader-election-servers`;

/** The path of a program that npm has installed. */
export function npmProgram(name: string): string {
  return `${FOLDER}/node_modules/.bin/${name}`;
}

/** Whether a program starts at all. */
export async function starts(program: string, args: readonly string[]): Promise<boolean> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** A port of this machine that nothing listens on now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** How long a server may take to answer, in milliseconds. */
const LONGEST_START = 120_000;

/** Waits until a server answers, whatever it says. */
export async function untilAnswers(url: string): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < LONGEST_START;) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`No answer of ${url} within ${LONGEST_START / 1_000} s`);
}
