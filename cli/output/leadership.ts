import type { EndReason } from "../../elector/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import type { Leadership } from "../candidate/status.ts";
import { formatDuration, plural, type Styles, utcTime } from "./terminal.ts";

export const END_REASONS: Readonly<Record<EndReason, string>> = {
  expired: "its deadline passed without a renewal",
  lost: "another holder was seen",
  stopped: "its campaign ended",
  finished: "its work was done",
  failed: "a callback failed",
  resigned: "it stepped down",
  handover: "it hands over to another candidate",
  unready: "it is not ready to lead",
};

const NO_LEADER: Readonly<Record<Leadership["state"], string>> = {
  held: "",
  released: "the leader has released the lock",
  expired: "the leader has not renewed its lease",
  free: "the lock was never held",
  unreadable: "the stored content is not a record",
};

function whyNone(state: Leadership["state"], token: number | null): string {
  const isRestored = state === "free" && token !== null;
  return isRestored ? "the lock was not held since its record was restored" : NO_LEADER[state];
}

/** The record does not show whether candidates are ready. */
const NONE_READY =
  "  A candidate that runs and is ready takes over; if none is, there is no leader";

/** What to do about a bucket without an object for the lock. */
export const NO_OBJECT = "There is no object, and no candidate creates it: run `elector init`";

/** Describes a leadership to an operator, in several lines; `isAbsent` if the bucket has no object for the lock. */
export function describeLeadership(
  { state, holder, token, since, renewed, expires, rank, preferredHolder }: Leadership,
  now: number,
  { bold, green, yellow }: Styles,
  isAbsent = false,
): string[] {
  const ago = (time: number | null) =>
    time === null ? "never" : `${formatDuration(now - time)} ago`;
  const name = bold(escapeText(holder ?? ""));
  const preferred = escapeText(preferredHolder ?? "");
  const next = preferred && `${preferred}, if it is ready`;
  const renewal = `${ago(renewed)}, by its own clock`;
  switch (state) {
    case "free":
    case "unreadable":
      return [
        `${yellow("No leader")}: ${whyNone(state, token)}`,
        ...rows(8, { token }),
        ...(isAbsent ? [`  ${NO_OBJECT}`] : []),
      ];
    case "released":
      return [
        yellow("No leader"),
        ...rows(8, { released: ago(renewed), token, next }),
        NONE_READY,
      ];
    case "expired":
      return [
        `${yellow("No leader")}: the lease of ${name} has expired`,
        ...rows(7, { renewed: renewal, expired: ago(expires), token, next }),
        NONE_READY,
      ];
    case "held": {
      const left = expires === null ? "unknown" : `${formatDuration(expires - now)} from now`;
      const until = `${left}, unless renewed`;
      const asked = preferred && `to hand over to ${preferred}`;
      return [
        `${name} ${green("leads")}`,
        ...rows(7, { since: ago(since), renewed: renewal, until, token, rank, asked }),
      ];
    }
  }
}

/** A line for each value that there is, in two columns. */
function rows(width: number, values: Readonly<Record<string, string | number | null>>): string[] {
  return Object.entries(values).filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

export function describeChange(
  { state, leader, token, preferredHolder }: Leadership,
  at: number,
  { bold, dim, green, yellow }: Styles,
  dropped = 0,
): string {
  const time = dim(utcTime(at));
  const who = leader !== null
    ? `${bold(escapeText(leader))} ${green("leads")}`
    : `${yellow("no leader")}: ${whyNone(state, token)}`;
  const preferred = escapeText(preferredHolder ?? "");
  const next = preferred === ""
    ? ""
    : leader === null
    ? `, ${preferred} is to lead next`
    : `, asked to hand over to ${preferred}`;
  const suffix = token === null ? "" : dim(`  (fencing token ${token})`);
  const missing = dropped > 0
    ? `  (${dropped} earlier ${plural(dropped, "line")} not written)`
    : "";
  return `${time}  ${who}${next}${suffix}${missing}`;
}
