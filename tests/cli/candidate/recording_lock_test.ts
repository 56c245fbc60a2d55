import assert from "node:assert/strict";
import { RecordingLock } from "../../../cli/candidate/recording_lock.ts";
import {
  EMPTY_RECORD,
  FakeClock,
  type Lock,
  LockAccessError,
  type Observed,
} from "../../../lock/mod.ts";
import { MemoryLock } from "../../../store/mod.ts";

Deno.test("RecordingLock passes on all that the lock says of itself", async () => {
  const lock: Lock = new MemoryLock("me");
  const refusal = new LockAccessError("no");
  const quota = { remaining: 3, resetAt: 4 };
  Object.defineProperties(lock, {
    requests: { value: { read: 2, write: 2 } },
    keepsLostWrites: { value: true },
    checkAccess: { value: () => Promise.reject(refusal) },
    quota: { value: () => quota },
  });
  const recording = new RecordingLock(lock, new FakeClock());
  assert.deepEqual(recording.requests, { read: 2, write: 2 });
  assert.equal(recording.keepsLostWrites, true);
  assert.equal(recording.quota(), quota);
  await assert.rejects(recording.checkAccess(), refusal);
});

Deno.test("RecordingLock says of a lock that leaves it out what a lock is by default", async () => {
  const recording = new RecordingLock(new MemoryLock("me"), new FakeClock());
  assert.deepEqual(recording.requests, { read: 1, write: 1 });
  assert.equal(recording.keepsLostWrites, false);
  assert.equal(recording.quota(), undefined);
  await recording.checkAccess();
});

Deno.test("RecordingLock remembers when a version was first seen, and the record that was proven", async () => {
  const clock = new FakeClock();
  const lock = new MemoryLock("me");
  const recording = new RecordingLock(lock, clock);
  const see = async (holderIdentity: string, isProven: boolean) => {
    const observed: Observed = {
      record: { ...EMPTY_RECORD, holderIdentity },
      version: "v1",
      own: false,
      isProven,
    };
    lock.get = () => Promise.resolve(observed);
    await recording.get();
    await clock.advance(100);
  };
  await see("shown", false);
  await see("proven", true);
  await see("shown again", false);
  assert.equal(recording.last?.observed.record.holderIdentity, "proven");
  assert.equal(recording.last?.at, 0);
});
