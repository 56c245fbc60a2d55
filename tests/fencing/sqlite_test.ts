import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { StaleTokenError } from "../../lock/mod.ts";
import { assertRefusesPausedLeader } from "./paused_leader.ts";
import { fenced, SCHEMA } from "./sqlite.ts";
import { tempFolder } from "../support/temp_folder.ts";

function open(path = ":memory:"): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(SCHEMA);
  db.exec("CREATE TABLE IF NOT EXISTS reports (text TEXT NOT NULL) STRICT");
  return db;
}

function insert(db: DatabaseSync, text: string): void {
  db.prepare("INSERT INTO reports (text) VALUES (?)").run(text);
}

function texts(db: DatabaseSync): unknown[] {
  return db.prepare("SELECT text FROM reports ORDER BY rowid").all().map(({ text }) => text);
}

Deno.test("SQLite refuses a leader that was paused", async () => {
  using db = open();
  await assertRefusesPausedLeader({
    raise: (token) => fenced(db, "reports", token, () => {}),
    write: async (token, text, pause) => {
      await pause();
      fenced(db, "reports", token, () => insert(db, text));
    },
    read: () => texts(db).at(-1),
  });
});

Deno.test("SQLite refuses a paused leader that has a connection of its own", async () => {
  await using folder = await tempFolder();
  const openFile = () => open(`${folder.path}/reports.db`);
  await assertRefusesPausedLeader({
    raise: (token) => {
      using db = openFile();
      fenced(db, "reports", token, () => {});
    },
    write: async (token, text, pause) => {
      using db = openFile();
      await pause();
      fenced(db, "reports", token, () => insert(db, text));
    },
    read: () => {
      using db = openFile();
      return texts(db).at(-1);
    },
  });
});

Deno.test("SQLite: no other connection writes between the check and the commit", async () => {
  await using folder = await tempFolder();
  using db = open(`${folder.path}/reports.db`);
  using other = open(`${folder.path}/reports.db`);
  other.exec("PRAGMA busy_timeout = 0");
  fenced(db, "reports", 1, () => {
    assert.throws(() => fenced(other, "reports", 2, () => {}), /locked/);
    insert(db, "1");
  });
  fenced(other, "reports", 2, () => insert(other, "2"));
  assert.deepEqual(texts(db), ["1", "2"]);
});

Deno.test("SQLite: an effect that fails is undone, with the token that it raised", () => {
  using db = open();
  fenced(db, "reports", 1, () => insert(db, "1"));
  const failure = new Error("failed");
  const fail = () => {
    insert(db, "2");
    throw failure;
  };
  assert.throws(() => fenced(db, "reports", 2, fail), failure);
  fenced(db, "reports", 1, () => insert(db, "again"));
  assert.deepEqual(texts(db), ["1", "again"]);
});

Deno.test("SQLite: fences with different names do not know of each other", () => {
  using db = open();
  fenced(db, "reports", 5, () => {});
  fenced(db, "bills", 1, () => insert(db, "a bill"));
  assert.throws(() => fenced(db, "reports", 4, () => {}), StaleTokenError);
  assert.deepEqual(texts(db), ["a bill"]);
});
