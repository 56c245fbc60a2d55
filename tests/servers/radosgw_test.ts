import { Radosgw } from "./radosgw.ts";
import { safeServerTests, skipped, unsafeServerTests } from "./suite.ts";

const server = await Radosgw.start();
if (server === undefined) {
  skipped("Ceph's radosgw");
} else {
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
  await server.createBucket("locks");
  safeServerTests(server, "locks");
  unsafeServerTests(server, "a versioned bucket of radosgw", async () => {
    await server.createBucket("versioned");
    await server.setVersioning("versioned");
    return "versioned";
  });
}
