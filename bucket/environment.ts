import { readFile } from "node:fs/promises";
import { env } from "node:process";

/** The variables and files that defaults and credentials are read from. */
export interface Environment {
  /** Returns a variable; `undefined` if it is not set. */
  get(name: string): string | undefined;
  /** Reads a file as text. */
  readFile(path: string): Promise<string>;
}

/** The environment of this process. A variable that may not be read counts as not set. */
export const systemEnvironment: Environment = {
  get(name) {
    try {
      return env[name];
    } catch {
      return undefined;
    }
  },
  readFile: (path) => readFile(path, "utf8"),
};

export interface WithEnvironment {
  /** Variables and files. */
  readonly environment: Environment;
}

/** Returns a variable, unless it is not set or empty. */
export function readVariable({ environment }: WithEnvironment, name: string): string | undefined {
  const value = environment.get(name)?.trim();
  return value === "" ? undefined : value;
}
