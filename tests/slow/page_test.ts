import assert from "node:assert/strict";
import type { PageData } from "../../cli/candidate/page/data.ts";
import { browse, findChromium, servePage } from "../support/chromium.ts";
import { PAGE_STATES } from "../support/page_states.ts";
import { readPng } from "../support/png.ts";
import { urlOf } from "../support/served_url.ts";
import { SHORT, until, World } from "../support/elector_process.ts";

const chromium = await findChromium("the tests of the page in a browser");
const { leads, follows, store_lost: lost } = PAGE_STATES;

function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: chromium === undefined, fn });
}

/** The document as the browser has it, and what it wrote to its console. */
async function load(url: string): Promise<{ dom: string; text: string; console: string[] }> {
  assert.ok(chromium);
  const { stdout, stderr } = await browse(chromium, ["--dump-dom", `${url}/?refresh=off`]);
  const body = stdout.slice(stdout.indexOf("<body"));
  return {
    dom: stdout,
    text: body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " "),
    console: stderr.split("\n").filter((line) => line.includes("CONSOLE")),
  };
}

browserTest(
  "a browser shows who leads, and applies the page's style under its policy",
  async () => {
    await using page = servePage(leads);
    const { text, dom, console } = await load(page.url);
    assert.match(text, /Leads eu-west-1\/orders-7c9d8 This candidate leads\./);
    assert.match(text, /fencing token 43 .*Its term ends in 31 s/);
    assert.match(dom, /<title>Leads · eu-west-1\/orders-7c9d8 leads<\/title>/);
    // A style that the policy refuses is reported here, and so is whatever else it stops.
    assert.deepEqual(console, []);
    assert.deepEqual(page.requested, ["GET /"]);
  },
);

const HOSTILE =
  `<script>document.title="owned"</script>"'><img src=/x onerror=fetch("/y")>\u202eabc`;

browserTest(
  "a browser shows a hostile name as text, runs no script, and asks for nothing else",
  async () => {
    const figures = { ...follows.figures, leader: HOSTILE, identity: HOSTILE, lock: HOSTILE };
    const terms = follows.terms.map((term) => ({ ...term, holder: HOSTILE }));
    await using page = servePage({ ...follows, figures, terms });
    const { dom, text, console } = await load(page.url);
    const shown = `&lt;script&gt;document.title="owned"&lt;/script&gt;"'&gt;&lt;img src=/x `;
    // The leader, the identity, the lock, and each term.
    assert.equal(text.split(shown).length - 1, 3 + terms.length);
    assert.ok(text.includes("\\u{202e}abc"));
    assert.doesNotMatch(dom, /<script|<img|<title>owned/);
    assert.deepEqual(console, []);
    assert.deepEqual(page.requested, ["GET /"]);
  },
);

browserTest("a browser refuses a script that gets into the page in spite of all that", async () => {
  await using page = servePage(
    follows,
    (html) =>
      html.replace("</main>", `<script>document.title="owned"</script><b style="color:red"></b>`),
  );
  const { dom, console } = await load(page.url);
  assert.match(dom, /<script>/);
  assert.doesNotMatch(dom, /<title>owned/);
  assert.match(console.join("\n"), /inline script.*Content Security Policy/);
  assert.match(console.join("\n"), /inline style.*Content Security Policy/);
});

browserTest("a browser shows a lost store as such, with the way out", async () => {
  await using page = servePage(lost);
  const { text, console } = await load(page.url);
  assert.match(text, /Store lost Leader unknown This candidate can neither see who leads nor/);
  assert.match(text, /The store cannot be reached It last responded 3 min 14 s ago\./);
  assert.match(text, /What to do: Check the store's status page/);
  assert.match(text, /Reached ✗ no/);
  assert.deepEqual(console, []);
});

/** How many pixels of a picture have about this colour, in thousands. */
async function pixels(
  data: PageData,
  [red, green, blue]: readonly number[],
  args: readonly string[] = [],
): Promise<number> {
  assert.ok(chromium);
  await using page = servePage(data);
  const file = await Deno.makeTempFile({ suffix: ".png" });
  try {
    const size = "--window-size=800,600";
    await browse(chromium, [...args, `--screenshot=${file}`, size, `${page.url}/?refresh=off`]);
    const picture = readPng(await Deno.readFile(file));
    assert.equal(picture.width, 800);
    let count = 0;
    for (let at = 0; at < picture.pixels.length; at += 3) {
      const [r = 0, g = 0, b = 0] = picture.pixels.subarray(at, at + 3);
      const distance = Math.abs(r - (red ?? 0)) + Math.abs(g - (green ?? 0)) +
        Math.abs(b - (blue ?? 0));
      if (distance < 12) count++;
    }
    return count / 1_000;
  } finally {
    await Deno.remove(file);
  }
}

const GREEN = [0x1a, 0x7f, 0x4b];
const RED_GROUND = [0xfd, 0xf1, 0xf0];
const DARK = [0x18, 0x20, 0x28];

browserTest(
  "a picture of the page shows the lease's bar, the fault in red, and the dark theme",
  async () => {
    const full = await pixels({ ...leads, lease: { seconds: 4_000, left: 3_900 } }, GREEN);
    const half = await pixels({ ...leads, lease: { seconds: 4_000, left: 2_000 } }, GREEN);
    // The bar is 10 pixels high and 678 wide.
    assert.ok(full - half > 2.5, `${full} and ${half}`);
    assert.ok(await pixels(leads, RED_GROUND) < 1);
    assert.ok(await pixels(lost, RED_GROUND) > 50);
    assert.ok(await pixels(leads, DARK) < 1);
    assert.ok(await pixels(leads, DARK, ["--force-dark-mode"]) > 100);
  },
);

browserTest(
  "elector serve answers a browser with its page, and shows the leader, then the lost store",
  async () => {
    await using world = new World(SHORT);
    const serve = world.elector(["serve", "--http=0", "--identity=<i>one</i>"]);
    const url = await urlOf(serve);
    const shows = (what: string) =>
      until(async () => {
        const { text } = await load(url);
        return text.includes(what) && text;
      }, () => what);
    const text = await shows("Leads &lt;i&gt;one&lt;/i&gt; This candidate leads.");
    assert.match(text, /Terms seen #1|Terms seen #0/);
    assert.match(text, /Latency \d+ ms/);
    world.cut();
    const after = await shows("Store lost");
    assert.match(after, /The store cannot be reached/);
    assert.match(after, /its deadline passed without a renewal/);
  },
);
