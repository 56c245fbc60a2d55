import type { DatabaseSync } from "node:sqlite";
import { StaleTokenError } from "../../mod.ts";

export const SCHEMA =
  "CREATE TABLE IF NOT EXISTS fences (name TEXT PRIMARY KEY, token INTEGER NOT NULL) STRICT";

/** Runs statements in one transaction, unless the fence has seen a higher token. */
export function fenced<T>(db: DatabaseSync, name: string, token: number, effect: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const raised = db.prepare(
      `INSERT INTO fences (name, token) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET token = excluded.token
       WHERE fences.token <= excluded.token
       RETURNING token`,
    ).get(name, token);
    if (!raised) {
      const seen = db.prepare("SELECT token FROM fences WHERE name = ?").get(name);
      throw new StaleTokenError(token, Number(seen?.token));
    }
    const result = effect(); // synchronous: the transaction ends when it returns
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
