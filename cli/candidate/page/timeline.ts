import { END_REASONS } from "../../output/leadership.ts";
import type { PageData } from "./data.ts";
import { card, type Html, html, name } from "./html.ts";
import type { SeenEnd, SeenTerm } from "./observations.ts";
import { duration, instant } from "./times.ts";

/** How many terms the strip draws, and how many the list has. */
const MOST_DRAWN = 20;
const MOST_LISTED = 8;

const HUES = 4;

const ENDS: Readonly<Record<SeenEnd, string>> = {
  ...END_REASONS,
  released: "released",
  replaced: "followed by another",
  unrenewed: "no renewal was seen",
};

interface Piece {
  /** The term; `undefined` for a time without a leader. */
  readonly term: SeenTerm | undefined;
  /** How long it was, in milliseconds. */
  readonly length: number;
}

/** The time that the strip shows, in pieces: terms, and the gaps between them. */
export function piecesOf(terms: readonly SeenTerm[], now: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = terms[0]?.from ?? now;
  for (const term of terms) {
    if (term.from > at) pieces.push({ term: undefined, length: term.from - at });
    const until = Math.max(term.from, term.ended?.at ?? now);
    pieces.push({ term, length: until - term.from });
    at = until;
  }
  if (now > at) pieces.push({ term: undefined, length: now - at });
  return pieces;
}

function drawn({ terms, now }: PageData): readonly Piece[] {
  return piecesOf(terms.slice(-MOST_DRAWN), now);
}

/** The widths of the pieces: numbers only. */
export function timelineStyle(data: PageData): string {
  return drawn(data).map(({ length }, index) => `.p${index}{flex-grow:${Math.ceil(length)}}`)
    .join("");
}

export function renderTimeline(data: PageData): Html {
  const { terms } = data;
  if (terms.length === 0) return card("Terms seen", html`<p class="note">None yet.</p>`);
  const hues = huesOf(terms);
  const pieces = drawn(data).map(({ term }, index) => {
    const label = term ? html`<span>#${term.token}</span>` : undefined;
    return html`<i class="p${index} ${term ? hueOf(term, hues) : "gap"}">${label}</i>`;
  });
  const first = terms.at(-MOST_DRAWN) ?? terms[0];
  const since = duration(data.now - (first?.from ?? data.now));
  const rows = terms.slice(-MOST_LISTED).toReversed().map((term) => renderTerm(term, hues, data));
  return card(
    "Terms seen",
    html`
      <div class="strip" aria-hidden="true">${pieces}</div>
      <p class="scale" aria-hidden="true"><span>${since} ago</span><span>now</span></p>
      <ul class="terms">${rows}</ul>
    `,
  );
}

function renderTerm(term: SeenTerm, hues: ReadonlyMap<string, number>, data: PageData): Html {
  const { token, holder, isOwn, from, acquireTime, ended } = term;
  const wallOf = (at: number) => data.wall - (data.now - at);
  const began = acquireTime ?? wallOf(from);
  const lasted = duration((ended ? wallOf(ended.at) : data.wall) - began);
  const how = ended ? `for ${lasted}, ${ENDS[ended.how]}` : `for ${lasted} so far`;
  return html`<li><i class="swatch ${hueOf(term, hues)}"></i><span class="token">#${token}</span>
<span class="who">${name(holder)}${
    isOwn
      ? html`
        <small>this candidate</small>
      `
      : undefined
  }</span>
<span class="when">${instant(began)}<br>${how}</span></li>`;
}

function huesOf(terms: readonly SeenTerm[]): ReadonlyMap<string, number> {
  const others = new Set(terms.filter(({ isOwn }) => !isOwn).map(({ holder }) => holder));
  return new Map([...others].map((holder, index) => [holder, index % HUES]));
}

function hueOf({ isOwn, holder }: SeenTerm, hues: ReadonlyMap<string, number>): string {
  return isOwn ? "own" : `h${hues.get(holder) ?? 0}`;
}
