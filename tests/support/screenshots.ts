/**
 * Makes the pictures of the page in docs/images: `deno task screenshots [FOLDER]`.
 *
 * @module
 */

import { browse, findChromium, servePage } from "./chromium.ts";
import { PAGE_STATES } from "./page_states.ts";
import { readPng, writePng } from "./png.ts";

const HEIGHTS = { leads: 1020, follows: 1020, store_lost: 1254 };

/** As many as the page needs: more make a file that is larger and looks the same. */
const COLORS = 64;

const chromium = await findChromium("the pictures");
if (chromium === undefined) Deno.exit(1);
const folder = Deno.args[0] ?? new URL("../../docs/images", import.meta.url).pathname;
await Deno.mkdir(folder, { recursive: true });
for (const state of ["leads", "follows", "store_lost"] as const) {
  await using page = servePage(PAGE_STATES[state]);
  const file = `${folder}/${state}.png`;
  const size = `--window-size=800,${HEIGHTS[state]}`;
  await browse(chromium, [`--screenshot=${file}`, size, `${page.url}/?refresh=off`]);
  const bytes = writePng(readPng(await Deno.readFile(file)), COLORS);
  await Deno.writeFile(file, bytes);
  console.log(`${state}.png: ${Math.ceil(bytes.length / 1_000)} kB`);
}
