import type { Command } from "../command.ts";

/** Loads each command by its name, in the order of `--help`. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).RUN,
  serve: async () => (await import("./serve.ts")).SERVE,
  status: async () => (await import("./status.ts")).STATUS,
  watch: async () => (await import("./watch.ts")).WATCH,
  history: async () => (await import("./history.ts")).HISTORY,
  handover: async () => (await import("./handover.ts")).HANDOVER,
  resign: async () => (await import("./resign.ts")).RESIGN,
  release: async () => (await import("./release.ts")).RELEASE,
  init: async () => (await import("./init.ts")).INIT,
  migrate: async () => (await import("./migrate.ts")).MIGRATE,
  check: async () => (await import("./check.ts")).CHECK,
  plan: async () => (await import("./plan.ts")).PLAN,
  demo: async () => (await import("./demo.ts")).DEMO,
  completion: async () => (await import("./completion.ts")).COMPLETION,
  "gist-server": async () => (await import("./local_servers.ts")).GIST_SERVER,
  "bucket-server": async () => (await import("./local_servers.ts")).BUCKET_SERVER,
  campaigner: async () => (await import("./campaign.ts")).CAMPAIGN,
  "demo-candidate": async () => (await import("../demo/candidate.ts")).DEMO_CANDIDATE,
};

export async function shownCommands(): Promise<Command[]> {
  const all = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return all.filter(({ isHidden }) => !isHidden);
}
