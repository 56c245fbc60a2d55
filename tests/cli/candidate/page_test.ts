import assert from "node:assert/strict";
import { prefersHtml } from "../../../cli/candidate/page/accept.ts";
import { leaseOf, type PageData } from "../../../cli/candidate/page/data.ts";
import { faultsOf } from "../../../cli/candidate/page/faults.ts";
import { headlineOf } from "../../../cli/candidate/page/headline.ts";
import { html } from "../../../cli/candidate/page/html.ts";
import { renderPage } from "../../../cli/candidate/page/page.ts";
import { PAGE_STYLE } from "../../../cli/candidate/page/style.ts";
import { duration, instant } from "../../../cli/candidate/page/times.ts";
import { piecesOf } from "../../../cli/candidate/page/timeline.ts";
import { EMPTY_RECORD, escapeText } from "../../../lock/mod.ts";
import { PAGE_STATES } from "../../support/page_states.ts";

const { leads, follows, store_lost: lost } = PAGE_STATES;

function render(data: PageData): string {
  return renderPage(data, { isRefreshing: true }).html;
}

/** Data with other figures. */
function having(figures: Partial<PageData["figures"]>, data: PageData = follows): PageData {
  return { ...data, figures: { ...data.figures, ...figures } };
}

for (
  const [accept, isHtml] of [
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
    ["TEXT/HTML", true],
    ["application/json;q=0.5, text/html ; charset=utf-8; q=0.5", true],
    ["text/html;q=0", false],
    ["text/html;q=x", false],
    ["application/json, text/html;q=0.9", false],
    ["*/*", false],
    ["text/*", false],
    ["application/json", false],
    ["x-text/html", false],
    ["", false],
    [null, false],
  ] as const
) {
  Deno.test(`Accept: ${accept} asks for ${isHtml ? "the page" : "JSON"}`, () => {
    assert.equal(prefersHtml(accept), isHtml);
  });
}

const HOSTILE = [
  "<script>document.title='owned'</script>",
  `"><img src=x onerror=alert(1)>`,
  "'--></style></title><script>alert(1)</script>",
  "`${alert(1)}` &lt;b&gt;",
  "abc\u202eevil\u2066\u0000\u001b[31m\u009b\u2028\r\n",
  "\ud800 lone",
];

/** What the page's own markup looks like without any of its text. */
function tagsOf(page: string): string[] {
  return (page.replace(/<style>.*<\/style>/s, "").match(/<[^>]*>/g) ?? []).map((tag) =>
    tag.replaceAll(/"[^"]*"/g, '""')
  );
}

for (const name of HOSTILE) {
  Deno.test(`the page shows ${escapeText(name)} as text wherever it may come from`, () => {
    const withName = (text: string) => ({
      ...having({ identity: text, leader: text, lock: text, lastError: text, since: text }),
      fault: text,
      terms: follows.terms.map((term) => ({ ...term, holder: text })),
      failures: [{ at: 0, message: text }],
    });
    for (const state of [leads, follows, lost]) {
      const page = render({ ...state, ...withName(name) });
      // No tag more, none less, and no attribute.
      assert.deepEqual(tagsOf(page), tagsOf(render({ ...state, ...withName("x") })));
      assert.doesNotMatch(page, /<script|<img|javascript:/i);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(page, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Cf}|\p{Cs}|\u2028/u);
    }
  });
}

Deno.test("the style holds nothing from outside, and its hash is what the policy allows", async () => {
  const style = (data: PageData) => /<style>(.*)<\/style>/s.exec(render(data))?.[1] ?? "";
  const hostile = { ...having({ identity: "}", leader: "}", lock: "}" }), failures: [] };
  assert.equal(style(hostile), style(follows));
  const { policy } = renderPage(follows, { isRefreshing: true });
  const bytes = new TextEncoder().encode(style(follows));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  assert.match(policy, /^default-src 'none'; /);
  assert.ok(policy.includes(`style-src 'sha256-${btoa(String.fromCharCode(...hash))}';`));
  assert.doesNotMatch(policy, /unsafe|script-src|\*|http/);
});

Deno.test("the page loads nothing, runs nothing, and has no style outside of its element", () => {
  for (const data of [leads, follows, lost]) {
    const page = render(data);
    assert.doesNotMatch(page, /\b(?:src|srcset|action|on\w+|style)=/);
    assert.doesNotMatch(page, /@import|url\(/);
    for (const [, address = ""] of page.matchAll(/href="([^"]*)"/g)) {
      assert.match(address, /^(?:\/[a-z?=]*|data:image\/svg\+xml,.*)$/);
    }
  }
});

Deno.test("the page refreshes itself unless that is switched off", () => {
  const refreshes = (isRefreshing: boolean) =>
    renderPage(follows, { isRefreshing }).html.includes('http-equiv="refresh"');
  assert.equal(refreshes(true), true);
  assert.equal(refreshes(false), false);
});

for (
  const [what, data, state, tone] of [
    ["a leader", leads, "Leads", "good"],
    ["a leader that lost the store", having({ storeReachable: false }, leads), "Leads", "good"],
    ["a follower", follows, "Follows", "calm"],
    ["one that lost the store", lost, "Store lost", "bad"],
    [
      "one that lost the store while the lease runs",
      having({ storeReachable: false }),
      "Store lost",
      "bad",
    ],
    [
      "one that has just started",
      having({ storeReachable: false, lastContactSeconds: null, leader: null }),
      "Starts",
      "calm",
    ],
    [
      "one that never reached the store",
      having({ storeReachable: false, lastContactSeconds: null, lastError: "x", leader: null }),
      "Store lost",
      "bad",
    ],
    ["a free lock", having({ leader: null }), "No leader", "warn"],
    ["one that ends its work", having({ role: "stopping", leader: null }), "Stops", "warn"],
    ["one that does not campaign", having({ role: "idle" }), "Idle", "warn"],
  ] as const
) {
  Deno.test(`the headline of ${what} is "${state}"`, () => {
    const headline = headlineOf(data);
    assert.deepEqual([headline.state, headline.tone], [state, tone]);
    assert.ok(render(data).includes(`</i>${state}</p>`));
  });
}

Deno.test("faults come with the way out, and a candidate that is well has none", () => {
  assert.deepEqual(faultsOf(leads), []);
  assert.deepEqual(faultsOf(follows), []);
  const titles = (data: PageData) => faultsOf(data).map(({ title }) => title);
  assert.deepEqual(titles(lost), ["The store cannot be reached"]);
  assert.match(faultsOf(lost)[0]?.detail ?? "", /3 min 14 s ago.*no response within/);
  assert.deepEqual(titles(having({ refusedSeconds: 61, lastError: "403", ready: false })), [
    "The store has refused every write for 1 min 1 s",
    "The workload is not ready",
  ]);
  assert.deepEqual(titles(having({ lastError: "odd" })), ["The last call failed"]);
  assert.deepEqual(titles({ ...follows, fault: "work goes on" }), [
    "This candidate is not healthy",
  ]);
  for (const data of [lost, having({ refusedSeconds: 1 }), having({ lastError: "odd" })]) {
    for (const { wayOut } of faultsOf(data)) assert.match(wayOut, /^[A-Z].*\.$/);
    assert.match(render(data), /role="alert".*What to do:/s);
  }
  const leading = faultsOf(having({ storeReachable: false }, leads))[0]?.detail ?? "";
  assert.match(leading, /steps down at its deadline/);
});

Deno.test("rank and readiness are shown where there are any", () => {
  const without = having({});
  const bare = render(having({ rank: null, ready: null }, without));
  assert.doesNotMatch(bare, /Rank|Workload/);
  assert.match(bare, /✓ yes/);
  assert.match(render(having({ rank: 2, ready: false })), /<dd>2<\/dd>.*✗ not ready.*✗ no</s);
});

Deno.test("leaseOf() is the own term of a leader, the lease seen by a follower, and none where none runs", () => {
  const record = { ...EMPTY_RECORD, leaseDurationSeconds: 60 };
  const timings = { renewDeadline: 40_000 };
  assert.deepEqual(leaseOf(leads.figures, record, timings), { seconds: 40, left: 31.6 });
  assert.deepEqual(leaseOf(having({ leaseAgeSeconds: 14 }).figures, record, timings), {
    seconds: 60,
    left: 46,
  });
  assert.equal(leaseOf(having({ leader: null }).figures, record, timings), null);
  assert.equal(leaseOf(follows.figures, undefined, timings), null);
});

Deno.test("the bar runs down from what is left, in the time that is left", () => {
  assert.match(
    render({ ...follows, lease: { seconds: 60, left: 45 } }),
    /duration:45\.000s.*0\.7500/s,
  );
  assert.match(render({ ...follows, lease: { seconds: 60, left: 99 } }), /scaleX\(1\.0000\)/);
  assert.doesNotMatch(render({ ...follows, lease: null }), /run-down\{|class="lease"/);
});

Deno.test("the strip is as long as the time that was seen, gaps included", () => {
  const [term] = follows.terms;
  assert.ok(term);
  const seen = (token: number, from: number, at?: number) => ({
    ...term,
    token,
    from,
    ended: at === undefined ? undefined : { at, how: "released" as const },
  });
  const lengths = (terms: PageData["terms"], now: number) =>
    piecesOf(terms, now).map(({ term, length }) => [term?.token, length]);
  assert.deepEqual(lengths([seen(1, 10, 30), seen(2, 30, 40), seen(3, 45)], 100), [
    [1, 20],
    [2, 10],
    [undefined, 5],
    [3, 55],
  ]);
  assert.deepEqual(lengths([seen(1, 10, 30)], 100), [[1, 20], [undefined, 70]]);
  assert.deepEqual(lengths([], 100), []);
});

Deno.test("durations and instants read as people write them", () => {
  const texts = [0, 999, 59_999, 60_000, 3_599_000, 3_600_000, 90_061_000, -5].map(duration);
  assert.deepEqual(texts, ["0 s", "0 s", "59 s", "1 min", "59 min 59 s", "1 h", "1 d 1 h", "0 s"]);
  assert.equal(instant(Date.UTC(2026, 0, 2, 3, 4, 5)), "2026-01-02 03:04:05 UTC");
  assert.equal(instant(NaN), "an unknown time");
  assert.equal(instant(1e300), "an unknown time");
});

Deno.test("html`` escapes what it is given, and what it made itself not twice", () => {
  const inner = html`<b>${"a<b"}</b>`;
  assert.equal(
    html`${inner}|${[inner, inner]}|${undefined}|${`"'&\``}`.text.split("|").join("\n"),
    ["<b>a&lt;b</b>", "<b>a&lt;b</b><b>a&lt;b</b>", "", "&quot;&#39;&amp;&#96;"].join("\n"),
  );
});

/** The contrast of two colours, from 1 to 21, as WCAG 2 counts. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [a, b].map(luminance).toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const digits = color.length === 4 ? color.slice(1).replaceAll(/./g, "$&$&") : color.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

Deno.test("text has a contrast of 4.5 at least, in light and in dark", () => {
  const themes = [...PAGE_STYLE.matchAll(/:root\{([^}]*)\}/g)].map(([, text = ""]) =>
    Object.fromEntries(text.split(";").map((part) => part.trim().slice(2).split(":")))
  );
  assert.equal(themes.length, 2);
  for (const theme of themes) {
    const on = (
      text: string,
      ground: string,
    ) => [text, ground, contrast(theme[text], theme[ground])];
    const pairs = [
      ...["text", "soft", "good", "calm", "warn", "bad"].map((text) => on(text, "card")),
      ...["text", "soft"].map((text) => on(text, "page")),
      ...["text", "bad"].map((text) => on(text, "bad-soft")),
      ...["own", "h0", "h1", "h2", "h3"].map((hue) => ["#fff", hue, contrast("#fff", theme[hue])]),
    ];
    for (const [text, ground, ratio] of pairs) {
      assert.ok(Number(ratio) >= 4.5, `${text} on ${ground}: ${Number(ratio).toFixed(2)}`);
    }
  }
});
