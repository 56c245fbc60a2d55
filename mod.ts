export * from "./lock/mod.ts";
export * from "./elector/mod.ts";
export * from "./gist/mod.ts";
