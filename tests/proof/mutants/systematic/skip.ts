/**
 * Loaded before tests: leaves out those that `SKIPPED_TESTS` names, a list in JSON. A filter of the test runner cannot.
 *
 * @module
 */

type Register = (first: string | Deno.TestDefinition, ...others: unknown[]) => void;

const skipped: readonly string[] = JSON.parse(Deno.env.get("SKIPPED_TESTS") ?? "[]");
const register = Deno.test as Register;

const registerOthers: Register = (first, ...others) => {
  if (!skipped.includes(typeof first === "string" ? first : first.name)) register(first, ...others);
};
Object.assign(Deno, { test: Object.assign(registerOthers, register) });
