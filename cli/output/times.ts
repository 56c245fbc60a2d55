/**
 * Formats a time for lines of text: in UTC and with its zone, to the second, such as `2026-01-02T03:04:05Z`.
 *
 * @param at Milliseconds since the Unix epoch.
 */
export function utcTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
