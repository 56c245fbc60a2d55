import { systemFetch } from "../../lock/system.ts";
import { bucketTests } from "./bucket_tests.ts";
import { pacedFetch } from "./paced_fetch.ts";

const url = Deno.env.get("ELECTOR_LOCK") ?? "";
/** Google takes one write of an object a second. */
const WRITE_PAUSE_MS = 1_200;

if (url === "") {
  const needs = "ELECTOR_LOCK (s3://BUCKET/KEY, gs://BUCKET/OBJECT or az://ACCOUNT/CONTAINER/BLOB)";
  Deno.test.ignore(`A bucket: skipped, as it needs ${needs} and credentials`, () => {});
} else {
  const fetch = url.startsWith("gs:") ? pacedFetch(systemFetch, WRITE_PAUSE_MS) : systemFetch;
  bucketTests("The bucket", () => ({ url, fetch, requestTimeout: 5_000 }));
}
