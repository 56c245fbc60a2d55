import assert from "node:assert/strict";
import { CommandError } from "../../../cli/errors.ts";
import {
  type RequestCandidate,
  resign,
  type ResignEnd,
  UnreachableError,
} from "../../../cli/commands/resign.ts";
import { FakeClock } from "../../../lock/mod.ts";

const IN_VAIN = "no other candidate has taken over within 10000 ms";
const gone = () => Promise.reject(new UnreachableError(69, "Connection refused"));
const silent = () => Promise.reject(new CommandError(69, "no response within 5000 ms"));
const leads = (leader: string | null) => () => Promise.resolve({ identity: "me", leader });

/** The exit code of a resignation whose later polls get these responses, and its last line. */
async function outcome(polls: readonly (() => Promise<Record<string, unknown>>)[]) {
  const clock = new FakeClock();
  let asked = 0;
  const request: RequestCandidate = (path) => {
    if (path === "/resign") return Promise.resolve({ resigned: true });
    const poll = asked === 0 ? leads("me") : polls[Math.min(asked - 1, polls.length - 1)];
    asked++;
    return poll?.() ?? gone();
  };
  let code: number | undefined;
  let last = "";
  const report = (text: string) => {
    last = text;
  };
  resign({ request, clock, wait: 10_000, report, reportFailure: report }).then((ended) =>
    code = ended
  );
  await clock.advance(20_000);
  return [code, last.split(";")[0]];
}

Deno.test("resign() succeeds once another leads", async () => {
  assert.deepEqual(await outcome([leads("me"), leads(null), leads("you")]), [0, "you leads now"]);
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
  assert.deepEqual(await outcome([leads(null)]), [75, IN_VAIN]);
  assert.deepEqual(await outcome([silent]), [75, IN_VAIN]);
});

Deno.test("resign() succeeds if the process ends after it stepped down, without knowing the successor", async () => {
  assert.deepEqual(await outcome([leads(null), gone]), [0, "me has ended"]);
  assert.deepEqual(await outcome([gone]), [0, "me has ended"]);
});

Deno.test("resign() waits for a process that a supervisor starts again", async () => {
  const again = [gone, gone, leads(null), leads(null), leads("you")];
  assert.deepEqual(await outcome(again), [0, "you leads now"]);
  assert.deepEqual(await outcome([gone, gone, leads(null)]), [75, IN_VAIN]);
});

/** The exit code of `resign --to us` where the candidate has this status, and what it reports and asks. */
async function handover(status: Record<string, unknown>, successor: string | null) {
  const clock = new FakeClock();
  const asked: string[] = [];
  let hasResigned = false;
  const request: RequestCandidate = (path, to) => {
    if (path === "/") {
      return Promise.resolve(hasResigned ? { ...status, leader: successor } : status);
    }
    asked.push(String(to));
    hasResigned = true;
    return Promise.resolve({ resigned: true });
  };
  const lines: string[] = [];
  const report = (text: string) => lines.push(text);
  const ended = resign({ request, clock, to: "us", wait: 10_000, report, reportFailure: report });
  await clock.advance(20_000);
  return [await ended, asked, lines.at(-1)];
}

const NEW = { identity: "me", leader: "me", isLeader: true, preferredHolder: null };

Deno.test("resign() to a candidate succeeds once that one leads, and fails if another does", async () => {
  assert.deepEqual(await handover(NEW, "us"), [0, ["us"], "us leads now"]);
  assert.deepEqual(await handover(NEW, "ap"), [75, ["us"], "ap leads now, and not us"]);
  const [code, , line] = await handover(NEW, null);
  assert.deepEqual([code, line], [
    75,
    "neither us nor another candidate has taken over within 10000 ms",
  ]);
});

Deno.test("resign() to a candidate asks nothing where it leads already, or of an older version", async () => {
  assert.deepEqual(await handover({ ...NEW, identity: "us" }, "us"), [0, [], "us leads already"]);
  const { preferredHolder: _, ...old } = NEW;
  const [code, asked, line] = await handover(old, "us");
  assert.deepEqual([code, asked], [1, []]);
  assert.match(String(line), /^me is of a version that hands over to no candidate by name/);
});

Deno.test("resign() ends with one result in the words of handover, whichever candidate leads then", async () => {
  const end = async (
    status: Record<string, unknown>,
    to?: string,
    leader: string | null = null,
  ) => {
    const clock = new FakeClock();
    const ends: ResignEnd[] = [];
    let hasResigned = false;
    const request: RequestCandidate = (path) => {
      if (path === "/") return Promise.resolve(hasResigned ? { ...status, leader } : status);
      hasResigned = true;
      return Promise.resolve({ resigned: true });
    };
    const report = () => {};
    const onEnd = (end: ResignEnd) => ends.push(end);
    const ended = resign({ request, clock, to, wait: 1_000, report, reportFailure: report, onEnd });
    await clock.advance(20_000);
    await ended;
    return ends;
  };
  const from = "me";
  assert.deepEqual(await end(NEW, "me"), [
    { outcome: "leads already", from, to: "me", leader: "me" },
  ]);
  assert.deepEqual(await end(NEW, "us", "us"), [
    { outcome: "handed over", from, to: "us", leader: "us" },
  ]);
  assert.deepEqual(await end(NEW, "us", "ap"), [
    { outcome: "other leads", from, to: "us", leader: "ap" },
  ]);
  assert.deepEqual(await end(NEW), [{ outcome: "late", from, to: null, leader: null }]);
});
