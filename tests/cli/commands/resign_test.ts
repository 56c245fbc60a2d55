import assert from "node:assert/strict";
import { CommandError } from "../../../cli/errors.ts";
import {
  type RequestCandidate,
  resign,
  type ResignEnd,
  UnreachableError,
} from "../../../cli/commands/resign.ts";
import { FakeClock } from "../../../lock/mod.ts";

const IN_VAIN = "no other candidate has taken over within 10 s";
const gone = () => Promise.reject(new UnreachableError(69, "Connection refused"));
const silent = () => Promise.reject(new CommandError(69, "no response within 5000 ms"));
const leads = (leader: string | null) => () => Promise.resolve({ ...NEW, leader });

/** What a candidate answers before it resigns. */
const NEW = { identity: "me", leader: "me", isLeader: true, preferredHolder: null };

type Poll = () => Promise<Record<string, unknown>>;

/** A resignation: before it the candidate has this status, after it polls get these responses, the last one again and again. */
async function resigning(polls: readonly Poll[], { to, status = NEW }: {
  to?: string;
  status?: Record<string, unknown>;
} = {}) {
  const clock = new FakeClock();
  const asked: unknown[] = [];
  const ends: ResignEnd[] = [];
  let last = "";
  const rest = [...polls];
  const request: RequestCandidate = (path, to) => {
    if (path === "/resign") {
      asked.push(to);
      return Promise.resolve({ resigned: true });
    }
    if (asked.length === 0) return Promise.resolve(status);
    const [poll = gone] = rest.length > 1 ? rest.splice(0, 1) : rest;
    return poll();
  };
  const report = (text: string) => void (last = text);
  const onEnd = (end: ResignEnd) => void ends.push(end);
  const ended = resign({ request, clock, to, wait: 10_000, report, reportFailure: report, onEnd });
  await clock.advance(20_000);
  return { code: await ended, asked, last, ends };
}

/** Its exit code, and its last line. */
async function outcome(...polls: Poll[]) {
  const { code, last } = await resigning(polls);
  return [code, last.split(";")[0]];
}

Deno.test("resign() succeeds once another leads", async () => {
  assert.deepEqual(await outcome(leads("me"), leads(null), leads("you")), [0, "you leads now"]);
});

Deno.test("resign() asks nothing that is not a candidate", async () => {
  const request: RequestCandidate = (path) =>
    path === "/"
      ? Promise.resolve({ message: "Not Found" })
      : assert.fail("It was asked to resign");
  const report = () => assert.fail("It reported");
  const options = { request, clock: new FakeClock(), wait: 1, report, reportFailure: report };
  await assert.rejects(resign(options), {
    exitCode: 69,
    message: /not a candidate's: check --http/,
  });
});

Deno.test("resign() fails if no other candidate leads in time, and if the candidate stops responding", async () => {
  assert.deepEqual(await outcome(leads(null)), [75, IN_VAIN]);
  assert.deepEqual(await outcome(silent), [75, IN_VAIN]);
});

Deno.test("resign() succeeds if the process ends after it stepped down, without knowing the successor", async () => {
  assert.deepEqual(await outcome(leads(null), gone), [0, "me has ended"]);
  assert.deepEqual(await outcome(gone), [0, "me has ended"]);
});

Deno.test("resign() waits for a process that a supervisor starts again", async () => {
  const again = [gone, gone, leads(null), leads(null), leads("you")];
  assert.deepEqual(await outcome(...again), [0, "you leads now"]);
  assert.deepEqual(await outcome(gone, gone, leads(null)), [75, IN_VAIN]);
});

/** The exit code of `resign --to us`, what is asked, and the last line. */
async function handover(status: Record<string, unknown>, successor: string | null) {
  const { code, asked, last } = await resigning([leads(successor)], { to: "us", status });
  return [code, asked, last];
}

Deno.test("resign() to a candidate succeeds once that one leads, and fails if another does", async () => {
  assert.deepEqual(await handover(NEW, "us"), [0, ["us"], "us leads now"]);
  assert.deepEqual(await handover(NEW, "ap"), [75, ["us"], "ap leads now, not us"]);
  const [code, , line] = await handover(NEW, null);
  assert.deepEqual([code, line], [
    75,
    "neither us nor another candidate has taken over within 10 s",
  ]);
});

Deno.test("resign() to a candidate asks nothing where it leads already, or of an older version", async () => {
  assert.deepEqual(await handover({ ...NEW, identity: "us" }, "us"), [0, [], "us leads already"]);
  const { preferredHolder: _, ...old } = NEW;
  const [code, asked, line] = await handover(old, "us");
  assert.deepEqual([code, asked], [1, []]);
  assert.match(String(line), /^me runs a version that cannot hand over to a named candidate/);
});

Deno.test("resign() ends with one result in the words of handover, whichever candidate leads then", async () => {
  const end = async (to?: string, leader: string | null = null) =>
    (await resigning([leads(leader)], { ...(to !== undefined && { to }) })).ends;
  const from = "me";
  assert.deepEqual(await end("me"), [
    { outcome: "leads already", from, to: "me", leader: "me" },
  ]);
  assert.deepEqual(await end("us", "us"), [
    { outcome: "handed over", from, to: "us", leader: "us" },
  ]);
  assert.deepEqual(await end("us", "ap"), [
    { outcome: "other leads", from, to: "us", leader: "ap" },
  ]);
  assert.deepEqual(await end(), [{ outcome: "late", from, to: null, leader: null }]);
});
