import { gistLockContract } from "../contract/gist_lock_contract.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { storeContract } from "../contract/store_contract.ts";
import { GIST_SKIPS, LOCK_SKIPS, STORE_SKIPS } from "./skips.ts";
import { DIALECTS, LocalBucketWorld } from "./bucket_world.ts";

for (const dialect of DIALECTS) {
  const make = (content?: string) => new LocalBucketWorld(dialect, content);
  storeContract(`BucketStore over ${dialect}`, make, { skip: STORE_SKIPS });
  lockContract(`BucketLock over ${dialect}`, make, { initial: "{}", skip: LOCK_SKIPS });
  gistLockContract(`BucketLock over ${dialect}`, make, { skip: GIST_SKIPS });
}
