import { kill, listProcesses } from "../../../support/elector_process.ts";

/**
 * Ends the programs that tests started from a copy of the project and left behind, as a mutant may: those whose command
 * line names the copy. Needs `ps`; where there is none, nothing is ended.
 */
export async function endLeftovers(directory: string): Promise<void> {
  const all = await listProcesses().catch(() => []);
  for (const { pid, args } of all) if (args.includes(directory)) kill(pid);
}
