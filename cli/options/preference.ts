import { checkPreference, type Preference } from "../../elector/mod.ts";
import type { PREFERENCE_OPTIONS, Values } from "./options.ts";
import { configured } from "./timings.ts";

/** Reads who should lead, checked against the lease, in milliseconds. */
export function readPreference(
  values: Values<typeof PREFERENCE_OPTIONS[number]>,
  leaseDuration: number,
): Preference {
  const { rank, "no-failback": isNever, failback, "ready-grace": readyGrace } = values;
  const wanted = { rank, readyGrace, failback: isNever ? undefined : failback };
  return configured(values, () => checkPreference(wanted, leaseDuration));
}
