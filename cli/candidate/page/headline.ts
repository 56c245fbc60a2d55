import type { PageData } from "./data.ts";
import { type Html, html, name } from "./html.ts";
import { duration, instant } from "./times.ts";

/** How serious the state is: the colour of the headline. */
type Tone = "good" | "calm" | "warn" | "bad";

interface Headline {
  readonly tone: Tone;
  /** The state of this candidate, in a word or two. */
  readonly state: string;
  readonly leader: string | null;
  readonly text: string;
}

export function headlineOf({ figures }: PageData): Headline {
  const { isLeader, leader, role, storeReachable, lastContactSeconds, lastError } = figures;
  const saying = (tone: Tone, state: string, text: string) => ({ tone, state, leader, text });
  if (isLeader) return saying("good", "Leads", "This candidate leads.");
  if (!storeReachable && lastContactSeconds === null && lastError === null) {
    return saying("calm", "Starts", "The store has not responded yet.");
  }
  if (!storeReachable) {
    const text = leader === null
      ? "This candidate can neither see who leads nor take over."
      : "led when the store was last reached. This candidate cannot take over.";
    return saying("bad", "Store lost", text);
  }
  if (role === "stopping") return saying("warn", "Stops", "The work of its last term is ending.");
  if (role === "idle") return saying("warn", "Idle", "This candidate does not campaign.");
  if (leader === null) {
    const text =
      "The lock is free, or its lease has expired: any candidate that is able to lead claims it.";
    return saying("warn", "No leader", text);
  }
  return role === "observer"
    ? saying("calm", "Observes", "leads. This process only watches.")
    : saying("calm", "Follows", "leads. This candidate follows.");
}

export function titleOf({ state, leader }: Headline): string {
  return leader === null ? state : `${state} · ${leader} leads`;
}

export function renderHeadline(data: PageData): Html {
  const { tone, state, leader, text } = headlineOf(data);
  const title = leader === null ? noLeader(state) : name(leader);
  return html`<section class="hero ${tone}"><p class="state"><i class="dot"></i>${state}</p>
<h1>${title}</h1><p class="lead">${text}</p>
${leader === null ? undefined : renderTerm(data)}${renderLease(data)}</section>`;
}

function noLeader(state: string): string {
  return state === "No leader" || state === "Starts" ? "No leader known" : "Leader unknown";
}

function renderTerm(
  { figures: { since, token, preferredHolder }, wall }: PageData,
): Html | undefined {
  const began = since === null ? NaN : Date.parse(since);
  const parts = [
    ...(Number.isNaN(began)
      ? []
      : [html`<span>since ${instant(began)} (${duration(wall - began)})</span>`]),
    ...(token === null ? [] : [html`<span>fencing token <b>${token}</b></span>`]),
    ...(!preferredHolder
      ? []
      : [html`<span>asked to hand over to <b>${name(preferredHolder)}</b></span>`]),
  ];
  return html`<p class="facts">${parts}</p>`;
}

function renderLease({ lease, figures }: PageData): Html | undefined {
  if (!lease) return undefined;
  const what = figures.isLeader ? "Its term ends" : "The lease expires";
  const left = duration(lease.left * 1_000);
  const of = duration(lease.seconds * 1_000);
  return html`<div class="lease" role="img" aria-label="${left} of ${of} left"><i></i></div>
<p class="note">${what} in <b>${left}</b> unless it is renewed.</p>`;
}

const DOTS: Readonly<Record<Tone, string>> = {
  good: "%231a7f4b",
  calm: "%233b6fb6",
  warn: "%23b26a00",
  bad: "%23c62f26",
};

/** The icon of the document: a dot in the colour of its state. */
export function iconOf({ tone }: Headline): string {
  const circle = `<circle cx='8' cy='8' r='6' fill='${DOTS[tone]}'/>`;
  return `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${circle}</svg>`;
}
