/** The record of a holder that is gone, with every key that a forced release must not keep. */
export const GONE_HOLDER = JSON.stringify({
  holderIdentity: "gone",
  leaseDurationSeconds: 60,
  renewTime: "2026-01-02T03:04:05Z",
  leaderTransitions: 41,
  preferredHolder: "eu",
  strategy: "x",
  session: "its session",
  sequence: 9,
});
