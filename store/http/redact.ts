import { escapeText } from "../../lock/mod.ts";

/**
 * Texts that quote a header. Its value may be escaped or encoded in ways that hide a secret from a plain search, so such
 * a text is dropped whole. Sentences that only talk about authorization, as GitHub's do, are not.
 */
const QUOTED_HEADER: readonly RegExp[] = [
  /authorization\s*[^\s\w.]/i,
  /authorization\b.*\bheaders?\b|\bheaders?\b.*authorization/is,
  // A scheme, and then something that is no word of a sentence: it has a digit or a sign in it.
  /\b(?:bearer|basic)\W+(?=[a-z]*[\d\\%+/=_])\S/i,
];

/**
 * Returns a text without secrets, safe to print.
 *
 * @param text Any text.
 * @param secrets Texts that may not be shown.
 * @param longest The most characters to keep.
 */
export function redact(text: string, secrets: readonly string[], longest?: number): string {
  if (QUOTED_HEADER.some((quoted) => quoted.test(text))) return "(withheld, as it quotes headers)";
  // A secret may be a part of another one.
  const forms = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
  return escapeText(forms.reduce((left, form) => left.replaceAll(form, "[secret]"), text), longest);
}

/** A secret as it is, in a URL, in JSON, and in base64. */
function formsOf(secret: string): string[] {
  if (secret === "") return [];
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), btoa(secret)];
}
