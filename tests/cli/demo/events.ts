import type { DemoEvent } from "../../../cli/demo/events.ts";

const R = { eu: "eu-west-1", us: "us-east-1" } as const;

/** A demo as it may go: eu leads and is killed, us leads and is stopped, eu comes back and leads on. */
export const STORY: readonly DemoEvent[] = [
  { region: R.eu, type: "joined", at: 100, pid: 1, lock: "gist ab…/f by rest" },
  { region: R.us, type: "joined", at: 200, pid: 2, lock: "gist ab…/f by rest" },
  { region: R.eu, type: "leads", at: 1_000, token: 1, validUntil: 4_500 },
  { region: R.eu, type: "renewed", at: 2_000, token: 1, validUntil: 5_500 },
  { region: R.eu, type: "signalled", at: 3_000, signal: "SIGKILL" },
  { region: R.eu, type: "exited", at: 3_010, how: "SIGKILL" },
  { region: R.us, type: "leads", at: 7_000, token: 2, validUntil: 10_500 },
  { region: R.eu, type: "joined", at: 8_000, pid: 3, lock: "gist ab…/f by rest" },
  { region: R.us, type: "signalled", at: 9_000, signal: "SIGTERM" },
  { region: R.us, type: "ended", at: 9_002, token: 2, validUntil: 11_500, reason: "stopped" },
  { region: R.us, type: "exited", at: 9_050, how: "exit code 0" },
  { region: R.eu, type: "leads", at: 9_400, token: 3, validUntil: 12_900 },
];
