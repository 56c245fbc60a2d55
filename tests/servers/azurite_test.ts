import { Azurite } from "./azurite.ts";
import { safeServerTests, skipped } from "./suite.ts";

const server = await Azurite.start();
if (server === undefined) {
  skipped("Azurite");
} else {
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
  await server.createBucket("locks");
  safeServerTests(server, "locks");
}
