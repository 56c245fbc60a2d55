import { httpHandler } from "../../cli/candidate/http.ts";
import type { PageData } from "../../cli/candidate/page/data.ts";

/** What a run of the browser came to. */
export interface Browsed {
  /** The document after it was loaded, for `--dump-dom`. */
  readonly stdout: string;
  /** The browser's own log, with what pages write to their console. */
  readonly stderr: string;
}

/** The browser of `CHROMIUM`, or the one on PATH; `undefined`, with a warning, if there is none. */
export async function findChromium(tests: string): Promise<string | undefined> {
  for (const program of [Deno.env.get("CHROMIUM") ?? "chromium", "chromium-browser"]) {
    try {
      const { success } = await new Deno.Command(program, {
        args: ["--version"],
        stdout: "null",
        stderr: "null",
      }).output();
      if (success) return program;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.warn(`skipped: ${tests}, as there is no chromium on PATH or in CHROMIUM`);
  return undefined;
}

/** Runs the browser without a window, with a profile of its own. */
export async function browse(program: string, args: readonly string[]): Promise<Browsed> {
  const profile = await Deno.makeTempDir();
  try {
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        `--user-data-dir=${profile}`,
        ...args,
      ],
      env: { HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}

/** Serves a candidate's page, as the program does, with its headers. */
export function servePage(
  data: PageData,
  change: (html: string) => string = (html) => html,
): AsyncDisposable & {
  readonly url: string;
  readonly requested: readonly string[];
} {
  const requested: string[] = [];
  const handle = httpHandler({
    status: () => ({ rank: null, ready: null, preferredHolder: null, ...data.figures }),
    metrics: () => [],
    page: () => data,
    fault: () => undefined,
    resign: () => false,
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      requested.push(`${request.method} ${new URL(request.url).pathname}`);
      const { status, headers, body } = handle(request);
      return new Response(change(await new Response(body).text()), { status, headers });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requested,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
