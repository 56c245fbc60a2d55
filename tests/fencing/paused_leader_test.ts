import assert from "node:assert/strict";
import { Fence, LockConflictError } from "../../lock/mod.ts";
import { assertRefusesPausedLeader, pauseLeader, type Resource } from "./paused_leader.ts";

/** A text that anyone may write. */
function unprotected(): Resource {
  let content = "";
  return {
    raise: () => {},
    write: async (_token, text, pause) => {
      await pause();
      content = text;
    },
    read: () => content,
  };
}

Deno.test("without a fence a leader that was paused overwrites what its successor wrote", async () => {
  const { tokens, refusal, texts } = await pauseLeader(unprotected());
  assert.equal(refusal, undefined);
  assert.deepEqual(texts, ["too late", "by the second leader again"]);
  assert.deepEqual(tokens, [1, 2]);
});

Deno.test("a resource that is not protected does not pass for one that is", async () => {
  await assert.rejects(assertRefusesPausedLeader(unprotected()), /too late/);
});

Deno.test("a refusal for another reason does not pass for one of a stale token", async () => {
  const resource = unprotected();
  const conflict: Resource = {
    ...resource,
    write: (token, text, pause) =>
      text === "too late"
        ? pause().then(() => Promise.reject(new LockConflictError("lost a race")))
        : resource.write(token, text, pause),
  };
  await assert.rejects(assertRefusesPausedLeader(conflict), /not refused as stale/);
});

Deno.test("a Fence refuses a leader that was paused", async () => {
  const resource = unprotected();
  const fence = new Fence({ load: () => undefined, store: () => {} });
  await assertRefusesPausedLeader({
    ...resource,
    raise: (token) => fence.check(token),
    write: async (token, text, pause) => {
      await pause();
      await fence.check(token, () => resource.write(token, text, async () => {}));
    },
  });
});
