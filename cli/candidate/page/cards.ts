import type { CandidateStatus } from "../status.ts";
import type { PageData } from "./data.ts";
import { card, type Html, html, name } from "./html.ts";
import type { SeenRequest } from "./observations.ts";
import { duration, latency } from "./times.ts";

const ROLES: Readonly<Record<CandidateStatus["role"], string>> = {
  leader: "leader",
  follower: "follower",
  stopping: "stopping: its last work is ending",
  idle: "idle",
  observer: "observer: it never leads",
};

export function renderCandidate({ figures }: PageData): Html {
  const { identity, role, rank, ready, refusedSeconds, storeReachable } = figures;
  const couldLead = storeReachable && refusedSeconds === null && ready !== false &&
    role !== "observer";
  return list("This candidate", [
    row("Identity", name(identity)),
    row("Role", ROLES[role]),
    ...(rank === null ? [] : [row("Rank", rank === 0 ? "0 (first)" : `${rank}`)]),
    ...(ready === null ? [] : [row("Workload", mark(ready, "ready", "not ready"))]),
    row("Could lead", mark(couldLead, "yes", "no")),
  ]);
}

export function renderStore({ figures, requests, requestTimeout }: PageData): Html {
  const { storeReachable, lastContactSeconds, pollPeriodSeconds } = figures;
  const contact = lastContactSeconds === null
    ? "never"
    : `${duration(lastContactSeconds * 1_000)} ago`;
  return list("Store", [
    row("Reached", mark(storeReachable, "yes", "no")),
    row("Last response", contact),
    row("Polls every", duration(pollPeriodSeconds * 1_000)),
    ...renderLatency(requests, requestTimeout),
  ]);
}

function renderLatency(requests: readonly SeenRequest[], requestTimeout: number): Html[] {
  if (requests.length === 0) return [];
  const times = requests.filter(({ isOk }) => isOk).map(({ ms }) => ms).toSorted((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)];
  const slowest = times.at(-1);
  const failed = requests.length - times.length;
  const figures = median === undefined || slowest === undefined ? [] : [
    row("Latency", `${latency(median)} (median)`),
    row("Slowest", `${latency(slowest)} of ${duration(requestTimeout)} allowed`),
  ];
  return [
    ...figures,
    row("Requests", `the last ${requests.length}${failed === 0 ? "" : `, ${failed} failed`}`),
    html`<dd class="wide">${sparkline(requests, slowest ?? 0)}</dd>`,
  ];
}

/** How many bars there is room for. */
const PLACES = 60;

/** Draws the latencies as bars, the newest on the right. A failure is red, and of full height. */
function sparkline(requests: readonly SeenRequest[], slowest: number): Html {
  const [width, height] = [6, 36];
  const offset = (PLACES - requests.length) * width;
  const bars = requests.map(({ ms, isOk }, index) => {
    const size = isOk ? Math.max(2, Math.round((ms / Math.max(slowest, 1)) * height)) : height;
    return html`
      <rect x="${offset + index * width}" y="${height - size}" width="${width - 2}"
        height="${size}" ${isOk ? undefined : html`
          class="failed"
        `} />
    `;
  });
  return html`
    <svg class="spark" viewBox="0 0 ${PLACES * width} ${height}" preserveAspectRatio="none"
      role="img" aria-label="The latency of the last requests">${bars}</svg>
  `;
}

function list(title: string, rows: readonly Html[]): Html {
  return card(title, html`<dl>${rows}</dl>`);
}

function row(term: string, value: Html | string): Html {
  return html`
    <dt>${term}</dt>
    <dd>${value}</dd>
  `;
}

/** Marks a value as good or bad, by a sign as well as by its colour. */
function mark(isGood: boolean, good: string, bad: string): Html {
  return isGood ? html`<span class="ok">✓ ${good}</span>` : html`<span class="no">✗ ${bad}</span>`;
}
