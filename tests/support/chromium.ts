import assert from "node:assert/strict";
import { httpHandler } from "../../cli/candidate/http.ts";
import type { PageData } from "../../cli/candidate/page/data.ts";
import { findProgram, type Ran, run } from "./programs.ts";

/** The browser of `CHROMIUM`, or the one on PATH; `undefined`, with a warning, if there is none. */
export async function findChromium(tests: string): Promise<string | undefined> {
  return await findProgram(["chromium", "chromium-browser"], tests);
}

/** Runs the browser without a window, with a profile of its own: stderr has what pages write to their console. */
export async function browse(program: string, args: readonly string[]): Promise<Ran> {
  const profile = await Deno.makeTempDir();
  const switches = [
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-dev-shm-usage",
    "disable-background-networking",
    "disable-component-update",
    "no-first-run",
    "hide-scrollbars",
    "enable-logging=stderr",
    `user-data-dir=${profile}`,
  ].map((name) => `--${name}`);
  const env = { HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile };
  try {
    return await run(program, [...switches, ...args], { env }) ?? assert.fail("no browser");
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
    status: () => data.figures,
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
