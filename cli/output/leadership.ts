import type { LeaderElectionRecord } from "../../lock/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import { formatDuration, type Styles } from "./terminal.ts";

/** What one look at the record says about who leads. */
export interface Leadership {
  /**
   * "held" while the lease runs, "lapsed" when it does not any more, "released" when its holder has let go, "free" when
   * nobody ever held the lock.
   */
  readonly state: "held" | "lapsed" | "released" | "free";
  /** Who leads; `null` where nobody does. */
  readonly leader: string | null;
  /** The last holder, or the one that leads; `null` where the record names none. */
  readonly holder: string | null;
  /** The fencing token of the last term; `null` where there was none. */
  readonly token: number | null;
  /** When that term began, by its holder's clock, in milliseconds since the Unix epoch. */
  readonly since: number | null;
  /** When it was last renewed, by its holder's clock. */
  readonly renewed: number | null;
  /** When the lease ends unless it is renewed, by its holder's clock. */
  readonly expires: number | null;
}

/**
 * What the record says at an instant. One look cannot tell whether a lease still runs: this trusts both machines' wall
 * clocks, which no candidate does.
 *
 * @param now The wall clock, in milliseconds since the Unix epoch.
 */
export function leadershipOf(record: LeaderElectionRecord | undefined, now: number): Leadership {
  const holder = record?.holderIdentity || null;
  const renewed = record?.renewTime ?? null;
  const expires = record && renewed !== null && holder !== null
    ? renewed + record.leaseDurationSeconds * 1_000
    : null;
  const hasEnded = expires !== null && now >= expires;
  const state = holder !== null
    ? hasEnded ? "lapsed" : "held"
    : record && renewed !== null
    ? "released"
    : "free";
  return {
    state,
    leader: state === "held" ? holder : null,
    holder,
    token: record && renewed !== null ? record.leaderTransitions : null,
    since: record?.acquireTime ?? null,
    renewed,
    expires,
  };
}

/** What an operator sees of it. */
export function describeLeadership(
  { state, holder, token, since, renewed, expires }: Leadership,
  now: number,
  { bold, green, yellow }: Styles,
): string[] {
  const ago = (time: number | null) => time === null ? "never" : formatDuration(now - time);
  const name = bold(escapeText(holder ?? ""));
  switch (state) {
    case "free":
      return [yellow("Nobody has led yet")];
    case "released":
      return [yellow("Nobody leads"), `  released  ${ago(renewed)} ago`, `  token     ${token}`];
    case "lapsed":
      return [
        `${yellow("Nobody leads")}, as the lease of ${name} has lapsed`,
        `  renewed  ${ago(renewed)} ago, by its own clock`,
        `  lapsed   ${ago(expires)} ago`,
        `  token    ${token}`,
      ];
    case "held":
      return [
        `${name} ${green("leads")}`,
        `  since    ${ago(since)} ago`,
        `  renewed  ${ago(renewed)} ago, by its own clock`,
        `  until    ${
          expires === null ? "it is not told" : `${formatDuration(expires - now)} from now`
        }, unless renewed`,
        `  token    ${token}`,
      ];
  }
}
