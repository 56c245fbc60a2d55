/**
 * Ends the programs that tests started from a copy of the project and left behind, as a mutant may: those whose command
 * line names the copy. Needs `ps`; where there is none, nothing is ended.
 */
export async function endLeftovers(directory: string): Promise<number> {
  let listed: Deno.CommandOutput;
  try {
    listed = await new Deno.Command("ps", { args: ["-eo", "pid=,args="], stderr: "null" }).output();
  } catch {
    return 0;
  }
  const lines = new TextDecoder().decode(listed.stdout).split("\n");
  const pids = lines.filter((line) => line.includes(directory)).map((line) =>
    Number.parseInt(line)
  );
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return pids.length;
}
