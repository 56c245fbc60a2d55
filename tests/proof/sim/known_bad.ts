import type { Protocol } from "../../../gist/mod.ts";
import {
  ACTS_BEFORE_START,
  DEADLINE_FROM_ANSWER,
  HEARSAY_OF_OWN_CLAIMS,
  HEARSAY_OF_RENEWALS,
  HEARSAY_OF_RIVALS,
  RELEASE_BEFORE_SETTLED,
  RELEASE_OVER_SUCCESSOR,
  SUCCESS_MEANS_WON,
  TRUST_RENEW_TIME,
} from "../model/bad_designs.ts";
import type { Promised } from "../model/checks.ts";
import type { Design } from "../model/design.ts";

/** A design that others use, or that comes to mind first, and what is wrong with it. */
export interface KnownBad {
  readonly design: Design;
  /** The promise that it breaks first. */
  readonly breaks: Promised;
  /** The protocol that has it. */
  readonly protocol: Protocol;
}

/** All of them. */
export const KNOWN_BAD: readonly KnownBad[] = [
  {
    design: DEADLINE_FROM_ANSWER,
    breaks: "a term counts from its write",
    protocol: "rest",
  },
  {
    design: RELEASE_BEFORE_SETTLED,
    breaks: "a release follows the work",
    protocol: "rest",
  },
  { design: RELEASE_OVER_SUCCESSOR, breaks: "a release is of its own", protocol: "rest" },
  { design: SUCCESS_MEANS_WON, breaks: "a term counts from its write", protocol: "rest" },
  { design: TRUST_RENEW_TIME, breaks: "a claim waits", protocol: "rest" },
  { design: ACTS_BEFORE_START, breaks: "nothing outside a campaign", protocol: "rest" },
  { design: HEARSAY_OF_RIVALS, breaks: "a claim waits", protocol: "rest" },
  { design: HEARSAY_OF_OWN_CLAIMS, breaks: "tokens rise with each start", protocol: "rest" },
  {
    design: HEARSAY_OF_RENEWALS,
    breaks: "a term counts from its write",
    protocol: "rest",
  },
];
