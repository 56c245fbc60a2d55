import { escapeText } from "../../lock/mod.ts";
import { LONGEST_TIMEOUT_MS } from "../../lock/system.ts";

/**
 * Checks the address that paths are appended to, and returns it without a trailing slash.
 *
 * @param name What the address is called, for the message.
 * @throws {TypeError} If it is not a URL.
 * @throws {RangeError} If it is not https (http for this machine only), or has credentials, a query or a fragment.
 */
export function checkBaseUrl(baseUrl: unknown, name = "baseUrl"): string {
  if (typeof baseUrl !== "string") {
    throw new TypeError(`${name} must be a string, got ${typeof baseUrl}`);
  }
  if (!URL.canParse(baseUrl)) {
    // It may hold credentials, so it is never quoted.
    throw new TypeError(`${name} must be a URL, got text that cannot be parsed as one`);
  }
  const url = new URL(baseUrl);
  if (url.username !== "" || url.password !== "" || /[?#]/.test(baseUrl)) {
    throw new RangeError(
      `${name} must be a URL without credentials, query and fragment, got one with the host "${
        escapeText(url.host, 80)
      }"`,
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new RangeError(
      `${name} must be https, or http on this machine, got "${
        escapeText(`${url.protocol}//${url.host}`, 80)
      }"`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

export function checkOptions(options: unknown, required: string): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`No options: pass an object with ${required}`);
}

/**
 * Checks the time limit of one request, in milliseconds, and returns it.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is 0 or less, or longer than a timer can count.
 */
export function checkRequestTimeout(ms: unknown): number {
  if (typeof ms !== "number") {
    throw new TypeError(`requestTimeout must be a number, got ${typeof ms}`);
  }
  if (!(ms > 0 && ms <= LONGEST_TIMEOUT_MS)) {
    throw new RangeError(
      `requestTimeout must be more than 0 and at most ${LONGEST_TIMEOUT_MS} ms, got ${ms}`,
    );
  }
  return ms;
}
