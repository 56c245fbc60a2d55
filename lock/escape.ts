/**
 * Makes text from outside safe to print: control and formatting characters, which could move a terminal's cursor or
 * forge a line of a log, become `\u{…}`, and a long text is cut.
 *
 * @param text Any text.
 * @param longest The most characters to keep.
 */
export function escapeText(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
