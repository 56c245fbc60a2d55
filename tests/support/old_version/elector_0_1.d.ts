// The old version takes a part of what is taken today.
export { LeaderElector } from "../../../elector/mod.ts";
export { GistLock } from "../../../gist/mod.ts";
