import { escapeText } from "../../lock/mod.ts";

/**
 * Patterns of texts that quote a header. The value may be escaped or encoded so that a plain search misses a secret, so the
 * whole text is withheld. Sentences that only mention authorization, as GitHub's do, do not match.
 */
const QUOTED_HEADER: readonly RegExp[] = [
  /authorization\s*[^\s\w.]/i,
  // Both words, in any order; from the start only, as a search from each "header" takes hours in a long text.
  /^(?=.*?\bheaders?\b).*?authorization/is,
  // A scheme followed by something with a digit or a sign in it, which is not a word of a sentence.
  /\b(?:bearer|basic)\W+(?=[a-z]*[\d\\%+/=_])\S/i,
];

/**
 * Returns a text without secrets, escaped for printing.
 *
 * @param longest The most characters to keep.
 */
export function redact(text: string, secrets: readonly string[], longest?: number): string {
  if (QUOTED_HEADER.some((quoted) => quoted.test(text))) return "(withheld, as it quotes headers)";
  // The longest first, as a secret may be part of another one.
  const forms = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
  return escapeText(forms.reduce((left, form) => left.replaceAll(form, "[secret]"), text), longest);
}

/** Returns a secret as it appears in plain text, a URL, JSON and base64. */
function formsOf(secret: string): string[] {
  if (secret === "") return [];
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), btoa(secret)];
}
