/** The contract of every store and lock, kept by the ones on real git. */

import { gistLockContract } from "../contract/gist_lock_contract.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { storeContract } from "../contract/store_contract.ts";
import { hasGit } from "../support/http_backend.ts";
import { HttpBackendWorld } from "../contract/http_backend_world.ts";

if (hasGit) {
  storeContract("GitStore on git http-backend", HttpBackendWorld.create);
  lockContract("GistLock on git http-backend", HttpBackendWorld.create);
  gistLockContract("GistLock on git http-backend", HttpBackendWorld.create);
}
