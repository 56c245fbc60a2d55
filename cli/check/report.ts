import { escapeText } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import type { Styles } from "../output/terminal.ts";
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
  const [failed, skipped] = [false, null].map((ok) => findings.filter((one) => one.ok === ok));
  const count = failed?.length ?? 0;
  if (count > 0) {
    return styles.red(`This machine could not lead: ${count} of ${findings.length} checks failed`);
  }
  const left = skipped?.length ?? 0;
  return styles.green(
    `This machine could lead${left > 0 ? `, as far as was checked: ${left} skipped` : ""}`,
  );
}

/** All findings as one JSON object; `ok` of a check that was skipped is `null`. */
export function findingsJson(findings: readonly Finding[]): string {
  return JSON.stringify({
    ok: exitCodeOf(findings) === EXIT.ok,
    checks: findings.map(({ name, ok, message, milliseconds }) => ({
      name,
      ok,
      message,
      ...(milliseconds !== undefined && { milliseconds }),
    })),
  });
}

/** The exit code: that of the first failure. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.find(({ ok }) => ok === false)?.exitCode ?? EXIT.ok;
}
