/**
 * Starts this program as another process: a compiled binary starts itself, with the permissions that were compiled in;
 * otherwise Deno runs the program's source, with these flags for its only permissions.
 */
export function spawnSelf(
  permissions: readonly string[],
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args">,
): Deno.ChildProcess {
  // Without a config file: the folder may have one of another project.
  const deno = ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock"];
  const own = Deno.build.standalone
    ? []
    : [...deno, ...permissions, import.meta.resolve("../main.ts")];
  return new Deno.Command(Deno.execPath(), { ...options, args: [...own, ...args] }).spawn();
}
