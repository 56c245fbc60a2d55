import assert from "node:assert/strict";
import { StaleTokenError } from "../../lock/mod.ts";
import { blocks } from "../fencing/page.ts";
import { assertRefusesPausedLeader } from "../fencing/paused_leader.ts";
import { findPostgres, PostgresServer } from "../fencing/postgres.ts";

const [SCHEMA = "", WRITE = ""] = blocks("sql");
const RAISE = "select fence('reports', :'token');";

const programs = await findPostgres();
if (programs === undefined) {
  console.warn("skipped: the tests of PostgreSQL, as initdb, postgres or psql cannot be found");
}

Deno.test({
  name: "fencing in PostgreSQL",
  ignore: programs === undefined,
  fn: async (t) => {
    await using server = await PostgresServer.start(programs ?? "");
    const schema = `${SCHEMA}; create table reports (id serial, text text not null);`;
    assert.equal((await server.psql(schema)).stderr, "");
    for (const [name, check] of Object.entries(CHECKS)) {
      await server.psql("truncate fences, reports restart identity");
      await t.step(name, () => check(server));
    }
  },
});

const CHECKS: Record<string, (server: PostgresServer) => Promise<void>> = {
  "a leader that was paused is refused": async (server) => {
    await assertRefusesPausedLeader({
      raise: (token) => runFenced(server, RAISE, token),
      write: async (token, text, pause) => {
        await pause();
        await runFenced(server, WRITE, token, text);
      },
      read: async () => (await texts(server)).at(-1),
    });
  },

  "a refused job fails and says what to do": async (server) => {
    await runFenced(server, RAISE, 34);
    const { code, stderr } = await server.psql(WRITE, { token: "33", text: "too late" });
    assert.equal(code, 3);
    assert.match(stderr, /ERROR: {2}STALE: fencing token 33 is stale for reports/);
    assert.match(stderr, /HINT: {2}Another leader has taken over/);
  },

  "a job that does not stop at errors writes nothing either": async (server) => {
    await runFenced(server, RAISE, 34);
    await using session = server.session();
    const printed = await session.run(`\\set token 33\n\\set text 'too late'\n${WRITE}`);
    assert.match(printed, /ERROR: {2}STALE/);
    assert.deepEqual(await texts(server), []);
  },

  "a leader paused between the check and the commit holds up its successor": async (server) => {
    await using first = server.session();
    await using second = server.session();
    await first.run("begin; select fence('reports', 33);");
    const [pid = ""] = (await second.run("select pg_backend_pid();")).split("\n");
    const raised = second.run("select fence('reports', 34);");
    await until(server, `select count(*) from pg_locks where pid = ${pid} and not granted`, "1");
    const wrote = await first.run("insert into reports (text) values ('in time'); commit;");
    assert.equal(wrote, "");
    assert.equal((await raised).trim(), "");
    assert.match(await first.run("select fence('reports', 33);"), /STALE/);
    assert.deepEqual(await texts(server), ["in time"]);
  },

  "the server ends a transaction that is paused for too long": async (server) => {
    await using first = server.session("-c idle_in_transaction_session_timeout=200ms");
    await using second = server.session();
    await first.run(
      "begin; select fence('reports', 33); insert into reports (text) values ('lost');",
    );
    assert.equal((await second.run("select fence('reports', 34);")).trim(), "");
    assert.match(await first.run("commit;"), /idle-in-transaction timeout|server closed/);
    assert.deepEqual(await texts(server), []);
  },

  "a transaction with an old snapshot is refused, too": async (server) => {
    await runFenced(server, RAISE, 33);
    await using session = server.session();
    await session.run("begin isolation level repeatable read; select count(*) from reports;");
    await runFenced(server, RAISE, 34);
    assert.match(await session.run("select fence('reports', 33);"), /ERROR: {2}40001/);
    assert.match(await session.run("rollback; begin; select fence('reports', 33);"), /STALE/);
  },

  "a transaction that is rolled back has not raised the fence": async (server) => {
    await using session = server.session();
    await session.run("begin; select fence('reports', 34); rollback;");
    await runFenced(server, WRITE, 33, "by the only leader");
    assert.deepEqual(await texts(server), ["by the only leader"]);
  },

  "fences with different names do not know of each other": async (server) => {
    await server.psql("select fence('bills', 99)");
    await runFenced(server, WRITE, 0, "by the first leader");
    assert.deepEqual(await texts(server), ["by the first leader"]);
  },
};

/** Runs one of the page's scripts as a leader. */
async function runFenced(server: PostgresServer, script: string, token: number, text = "") {
  const { code, stderr } = await server.psql(script, { token: `${token}`, text });
  if (code === 0) return;
  if (!stderr.includes("ERROR:  STALE")) throw new Error(stderr);
  const { stdout } = await server.psql("select token from fences where name = 'reports'");
  throw new StaleTokenError(token, Number(stdout));
}

async function texts(server: PostgresServer): Promise<string[]> {
  const { stdout } = await server.psql("select text from reports order by id");
  return stdout.split("\n").filter((line) => line !== "");
}

/** Waits until a query returns a value: at most a minute. */
async function until(server: PostgresServer, query: string, value: string): Promise<void> {
  for (let poll = 0; poll < 600; poll++) {
    if ((await server.psql(query)).stdout.trim() === value) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${query} did not return ${value}`);
}
