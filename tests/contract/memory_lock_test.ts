import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { lockContract } from "./lock_contract.ts";

lockContract("MemoryLock", () => {
  const store = new MemoryStore();
  return {
    lock: (identity) => new MemoryLock(identity, store),
    async [Symbol.asyncDispose]() {},
  };
});
