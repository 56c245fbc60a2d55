import { gistLockContract } from "./gist_lock_contract.ts";
import { LocalGistWorld } from "./gist_world.ts";
import { lockContract } from "./lock_contract.ts";
import { storeContract } from "./store_contract.ts";

const make = (content?: string) => new LocalGistWorld("git", content);

storeContract("GitStore on the local gist server", make);
lockContract("GistLock by git", make);
gistLockContract("GistLock by git", make);
