const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration such as `15s`, `1m`, `1m30s`, `500ms` or `0.5s`, in milliseconds. A unit is always given: whether
 * `15` are seconds or milliseconds would be a guess.
 *
 * @returns `undefined` where the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    sum += Number(amount) * (UNITS[unit] ?? NaN);
  }
  return Number.isFinite(sum) ? sum : undefined;
}
