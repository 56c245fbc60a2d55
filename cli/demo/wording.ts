import { escapeText } from "../../lock/mod.ts";
import type { DemoEvent } from "./events.ts";
import type { Styles } from "../output/terminal.ts";

/** A sentence about an event, without the time; `undefined` for what nobody wants to read. */
export function describeEvent(event: DemoEvent, styles: Styles): string | undefined {
  const region = styles.bold(event.region);
  switch (event.type) {
    case "joined":
      return `${region} joins as process ${event.pid}, watching ${escapeText(event.lock)}`;
    case "leads":
      return styles.green(`${region} leads with fencing token ${event.token}`);
    case "renewed":
      return undefined;
    case "ended":
      return `${region} leads no more: ${endOf(event.reason)}`;
    case "signalled":
      return event.signal === "SIGKILL"
        ? styles.red(`${region} is killed with SIGKILL: it cannot say goodbye`)
        : styles.yellow(`${region} is told to stop with SIGTERM`);
    case "exited":
      return styles.dim(`${region} is gone: ${event.how}`);
    case "trouble":
      return styles.red(`${region} has trouble: ${escapeText(event.message, 300)}`);
  }
}

function endOf(reason: string): string {
  switch (reason) {
    case "stopped":
      return "it stopped its work, then released the lock";
    case "expired":
      return "its deadline came without a renewal";
    case "lost":
      return "it saw another holder";
    default:
      return escapeText(reason);
  }
}

/** An event as a line with its time since the start. */
export function eventLine(
  event: DemoEvent,
  startedAt: number,
  styles: Styles,
): string | undefined {
  const text = describeEvent(event, styles);
  const seconds = Math.max(0, (event.at - startedAt) / 1_000);
  return text && `${seconds.toFixed(1).padStart(6)} s  ${text}`;
}
