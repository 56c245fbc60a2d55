import { gistLockContract } from "./gist_lock_contract.ts";
import { LocalGistWorld } from "./gist_world.ts";
import { lockContract } from "./lock_contract.ts";
import { storeContract } from "./store_contract.ts";

const make = (content?: string) => new LocalGistWorld("rest", content);

storeContract("RestStore", make);
lockContract("GistLock by rest", make);
gistLockContract("GistLock by rest", make);
