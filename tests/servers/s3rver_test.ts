import { S3rver } from "./s3rver.ts";
import { skipped, unsafeServerTests } from "./suite.ts";

const server = await S3rver.start();
if (server === undefined) {
  skipped("s3rver");
} else {
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());
  unsafeServerTests(server, "s3rver, which ignores conditions,", async () => {
    await server.createBucket("locks");
    return "locks";
  });
}
