import { createHash } from "node:crypto";
import { renderCandidate, renderStore } from "./cards.ts";
import type { PageData } from "./data.ts";
import { renderFailures, renderFaults } from "./faults.ts";
import { headlineOf, iconOf, renderHeadline, titleOf } from "./headline.ts";
import { Html, html, name } from "./html.ts";
import { leaseStyle, PAGE_STYLE } from "./style.ts";
import { renderTimeline, timelineStyle } from "./timeline.ts";
import { instant } from "./times.ts";

interface Page {
  readonly html: string;
  /** The value of `Content-Security-Policy`: it allows no requests, no scripts, and only this style. */
  readonly policy: string;
}

interface PageOptions {
  /** Whether it loads itself again every few seconds. */
  readonly isRefreshing: boolean;
}

const REFRESH_SECONDS = 5;

/** Renders a candidate's status for people: one document that makes no requests and needs no script. */
export function renderPage(data: PageData, options: PageOptions): Page {
  const style = PAGE_STYLE + leaseStyle(data.lease) + timelineStyle(data);
  const hash = createHash("sha256").update(style).digest("base64");
  return {
    html: `<!doctype html>\n${documentOf(data, style, options).text}\n`,
    policy: `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; ` +
      "form-action 'none'; frame-ancestors 'none'",
  };
}

function documentOf(data: PageData, style: string, { isRefreshing }: PageOptions): Html {
  const { figures, wall } = data;
  const headline = headlineOf(data);
  const refresh = isRefreshing
    ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`
    : undefined;
  const toggle = isRefreshing
    ? html`<a href="/?refresh=off">Stop refreshing</a>`
    : html`<a href="/">Refresh every ${REFRESH_SECONDS} s</a>`;
  // Only numbers in the style come from outside.
  return html`
    <html lang="en">
      <head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
    ${refresh}<link rel="icon" href="${iconOf(headline)}">
    <title>${titleOf(headline)}</title>
    <style>${new Html(style)}</style></head>
      <body>
        <main>
    <header class="lock">${name(figures.lock)}</header>
    ${renderHeadline(data)}
    ${renderFaults(data)}
    <div class="columns">${renderCandidate(data)}${renderStore(data)}</div>
    ${renderTimeline(data)}
    ${renderFailures(data)}
    <footer><span>As of ${instant(wall)}. ${toggle}</span>
    <span>elector ${figures
      .version} · <a href="/metrics">metrics</a> · <a href="/healthz">health</a></span></footer>
        </main>
      </body>
    </html>
  `;
}
