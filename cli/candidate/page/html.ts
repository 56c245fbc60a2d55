import { escapeText } from "../../../lock/mod.ts";

/** Text that is HTML already. Only {@linkcode html} makes it. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value in a template: text, which is escaped, or HTML, which is not. */
type Part = string | number | Html | readonly Html[] | undefined;

/** The most characters that the page shows of one text from outside. */
const LONGEST = 600;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/**
 * A template of HTML. Each value in it is escaped, so that names and messages from outside stay text: characters that mean
 * something in HTML, and those that mean something to the reader's screen, such as a change of the writing direction.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + textOf(parts[index])).join(""));
}

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escapeText(String(part), LONGEST)
    .replaceAll(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

export function card(title: string, body: Html): Html {
  return html`<section class="card"><h2>${title}</h2>${body}</section>`;
}

/** Renders a name from outside, isolated so that it cannot affect the direction of other text. */
export function name(text: string): Html {
  return html`<bdi class="name">${escapeText(text, 120)}</bdi>`;
}
