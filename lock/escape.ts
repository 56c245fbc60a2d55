/**
 * Returns text from outside in a form that is safe to print: escapes control and formatting characters, which could move a
 * terminal's cursor or forge a log line, as `\u{…}`, and truncates long text.
 *
 * @param longest The most characters to keep.
 */
export function escapeText(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
