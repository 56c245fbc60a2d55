/** The contract of every store and lock, kept by the one on real git. */

import { storeContract } from "../contract/store_contract.ts";
import { hasGit } from "./http_backend.ts";
import { HttpBackendWorld } from "./http_backend_world.ts";

if (hasGit) storeContract("GitStore on git http-backend", HttpBackendWorld.create);
