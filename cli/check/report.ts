import { escapeText } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { counted, type Styles } from "../output/terminal.ts";
import type { Finding } from "./check.ts";

const LONGEST_MESSAGE = 600;
/** A secret of fewer characters could be part of any word. */
const SHORTEST_SECRET = 6;

const NAME_COLUMN = 14;

/** Makes a finding fit to be shown: its message without secrets, and escaped. */
export function cleanFinding(finding: Finding, secrets: readonly string[]): Finding {
  const message = secrets.filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((text, secret) => text.replaceAll(secret, "[secret]"), finding.message);
  return { ...finding, message: escapeText(message, LONGEST_MESSAGE) };
}

export function findingLine({ name, ok, message, milliseconds }: Finding, styles: Styles): string {
  const [mark, text] = ok === null
    ? [styles.dim("–"), `skipped: ${message}`]
    : [ok ? styles.green("✓") : styles.red("✗"), message];
  // Nothing took no time at all, and is not worth a figure.
  const took = !milliseconds ? "" : styles.dim(`  (${milliseconds} ms)`);
  return `${mark} ${`${name}:`.padEnd(NAME_COLUMN)} ${text}${took}`;
}

export function summaryLine(findings: readonly Finding[], styles: Styles): string {
  const [failed = 0, skipped = 0] = [false, null]
    .map((ok) => findings.filter((finding) => finding.ok === ok).length);
  const all = counted(findings.length, "check");
  if (failed > 0) {
    return styles.red(`This machine could not lead: ${failed} of ${all} failed`);
  }
  const left = skipped > 0 ? `, as far as was checked: ${skipped} skipped` : "";
  return styles.green(`This machine could lead${left}`);
}

/** All findings as one JSON object; `ok` of a check that was skipped is `null`. */
export function findingsJson(findings: readonly Finding[]): string {
  return JSON.stringify({
    ok: exitCodeOf(findings) === EXIT.ok,
    checks: findings.map(({ exitCode: _, ...finding }) => finding),
  });
}

/** The exit code: that of the first failure. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.find(({ ok }) => ok === false)?.exitCode ?? EXIT.ok;
}
