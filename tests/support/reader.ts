/**
 * A program for any runtime that reads a lock by the default network: for each number that it reads from stdin it makes so
 * many reads at once, and prints a line for each: "ok", or why it failed.
 */

import process from "node:process";
import { createInterface } from "node:readline";
import { GistLock } from "../../gist/mod.ts";

const { LOCK_OPTIONS = "{}" } = process.env;

for await (const count of createInterface({ input: process.stdin })) {
  const reads = Array.from({ length: Number(count) }, async () => {
    try {
      await new GistLock(JSON.parse(LOCK_OPTIONS)).get();
      return "ok";
    } catch (error) {
      return String(error);
    }
  });
  for (const result of await Promise.all(reads)) console.log(result);
}
