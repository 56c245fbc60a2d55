import type { Mutant } from "../mutant.ts";

const STORE = "tests/bucket/store_test.ts";
const PROBE = "tests/bucket/probe_test.ts";
const SKEW = "tests/bucket/clock_skew_test.ts";
const ROTATION = "tests/bucket/rotation_test.ts";
const CACHE = "tests/bucket/credential_cache_test.ts";
const SECRETS = "tests/bucket/secrets_test.ts";
const SIGN = "tests/bucket/sign_test.ts";
const INIT = "tests/bucket/init_test.ts";

/** A bug for each line of `bucket/` that safety or liveness rests on, and those that would show a credential. */
export const BUCKET: readonly Mutant[] = [
  {
    bug: "no condition is sent",
    file: "bucket/wire/client.ts",
    text: "{ ...writeHeaders, ...this.#provider.conditionHeaders(condition, form) }",
    replacement: "{ ...writeHeaders, ...(form && condition && {}) }",
    killedBy: {
      file: "tests/bucket/contract_test.ts",
      test: "BucketStore over s3 conflicts where",
    },
  },
  {
    bug: "the condition stands in the wrong header",
    file: "bucket/wire/provider.ts",
    text: 'return { "if-match": form',
    replacement: 'return { "if-unmodified": form',
    killedBy: {
      file: "tests/bucket/contract_test.ts",
      test: "BucketStore over azure conflicts where",
    },
  },
  {
    bug: "GCS: the condition is S3's",
    file: "bucket/wire/provider.ts",
    text: '"x-goog-if-generation-match": "isAbsent"',
    replacement: '"if-match": "isAbsent"',
    killedBy: {
      file: "tests/bucket/contract_test.ts",
      test: "BucketStore over gcs conflicts where",
    },
  },
  {
    bug: "a condition is sent and not signed",
    file: "bucket/sign/sigv4.ts",
    text: "const entries = Object.entries({ ...headers, host: url.host })",
    replacement:
      'const entries = Object.entries({ ...headers, host: url.host }).filter(([name]) => !name.startsWith("if-"))',
    killedBy: {
      file: SIGN,
      test: "signS3() signs conditions, the content type and a session token",
    },
  },
  {
    bug: "the payload is not hashed",
    file: "bucket/sign/sigv4.ts",
    text: '"x-amz-content-sha256": sha256(request.body),',
    replacement: '"x-amz-content-sha256": "UNSIGNED-PAYLOAD",',
    killedBy: { file: SIGN, test: 'signS3() signs the example "PUT Object"' },
  },
  {
    bug: "412 is taken for a conflict without a look",
    file: "bucket/bucket_store.ts",
    text: "    const found = await this.#readAgain(said, signal);",
    replacement:
      '    if (type === "refused") throw new LockConflictError(said);\n    const found = await this.#readAgain(said, signal);',
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 takes a write for its own that was applied",
    },
  },
  {
    bug: "412 is unknown, though the object moved on",
    file: "bucket/bucket_store.ts",
    text: "if ((found?.version ?? ABSENT.version) !== replaced) {",
    replacement: "if (!found) {",
    killedBy: {
      file: "tests/bucket/contract_test.ts",
      test: "BucketStore over s3 conflicts where",
    },
  },
  {
    bug: "500 is a conflict",
    file: "bucket/wire/meaning.ts",
    text: "    default:\n",
    replacement: '    case 500:\n      return "refused";\n    default:\n',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores if-match alone",
    },
  },
  {
    bug: "a write that may yet land is a conflict",
    file: "bucket/bucket_store.ts",
    text: "throw unknownOutcome(this.#where, said);",
    replacement: "throw new LockConflictError(said);",
    killedBy: {
      file: "tests/bucket/random_faults_test.ts",
      test: "what a store says of its writes is true over s3",
    },
  },
  {
    bug: "409 is a refusal",
    file: "bucket/wire/meaning.ts",
    text: "    case 412:\n",
    replacement: "    case 409:\n    case 412:\n",
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores if-match alone",
    },
  },
  {
    bug: "a write is sent again after 500",
    file: "bucket/wire/connection.ts",
    text: "      const failure = this.#failureOf(response);",
    replacement:
      "      const failure = this.#failureOf(response);\n      if (status === 500 && mayReplace) {\n        mayReplace = false;\n        continue;\n      }",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not know what came of a write after 500",
    },
  },
  {
    bug: "a write without an answer counts as not made",
    file: "bucket/wire/connection.ts",
    text: 'if (method === "GET" || !(error instanceof LockUnavailableError)) throw error;',
    replacement: "throw error;",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not know what came of a write without",
    },
  },
  {
    bug: "a request on top hides one's own write",
    file: "bucket/same_write.ts",
    text: "  const [mine, theirs] = [parseText(written).record, parseText(found).record];",
    replacement:
      "  const [mine, theirs] = [parseText(written).record, parseText(written === found ? found : '').record];",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 finds its write under a request for a handover",
    },
  },
  {
    bug: "the session is not compared",
    file: "bucket/same_write.ts",
    text: "mine.session === theirs.session && ",
    replacement: "",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not find its write under a write of another session",
    },
  },
  {
    bug: "the sequence number is not compared",
    file: "bucket/same_write.ts",
    text: "mine.sequence === theirs.sequence &&",
    replacement: "",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not find its write under a later write",
    },
  },
  {
    bug: "the token is not compared",
    file: "bucket/same_write.ts",
    text: "mine.leaderTransitions === theirs.leaderTransitions &&",
    replacement: "",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not find its write under a write with another token",
    },
  },
  {
    bug: "the holder is not compared",
    file: "bucket/same_write.ts",
    text: "mine.holderIdentity === theirs.holderIdentity",
    replacement: "true",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not find its write under a write of another holder",
    },
  },
  {
    bug: "a request is found in the write that it is on",
    file: "bucket/same_write.ts",
    text: "(mine.requestedBy === undefined || isSameRequest(mine, theirs))",
    replacement: "true",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not take the write below for its request for a handover",
    },
  },
  {
    bug: "another's request is taken for one's own",
    file: "bucket/same_write.ts",
    text: "one.requestedBy === other.requestedBy && ",
    replacement: "",
    killedBy: {
      file: STORE,
      test:
        "BucketStore over s3 does not find its request for a handover where it reads another's for the same candidate",
    },
  },
  {
    bug: "the name in a request is not compared",
    file: "bucket/same_write.ts",
    text: " && one.preferredHolder === other.preferredHolder",
    replacement: "",
    killedBy: {
      file: STORE,
      test:
        "BucketStore over s3 does not find its request for a handover where it reads one's own for another candidate",
    },
  },
  {
    bug: "a missing object is created",
    file: "bucket/bucket_store.ts",
    text: "if (seen.content === undefined) throw neverCreatedError(this.#where);",
    replacement:
      "if (seen.content === undefined) return await this.create(content, { ...(signal && { signal }) });",
    killedBy: { file: STORE, test: "BucketStore over s3 never creates an object, and says how to" },
  },
  {
    bug: "a deletion is forgotten",
    file: "bucket/bucket_store.ts",
    text: "if (this.#lastToken !== undefined) throw this.#deleted();",
    replacement: "",
    killedBy: { file: STORE, test: "BucketStore over s3 ends at an object that was deleted" },
  },
  {
    bug: "the read after a refusal may be answered 304",
    file: "bucket/bucket_store.ts",
    text: "return await this.#client.get(this.#key, { signal }) as StoredObject | undefined;",
    replacement:
      'const found = await this.#client.get(this.#key, { etag: this.#known?.etag, signal });\n      return found === "unchanged" ? this.#known : found;',
    killedBy: {
      file: STORE,
      test: "BucketStore over gcs reads another generation of the same text",
    },
  },
  {
    bug: "the probe is skipped",
    file: "bucket/probe/gate.ts",
    text: "return this.#form ?? await this.probe(signal);",
    replacement: 'return this.#form ?? (signal ? await this.probe(signal) : "quoted");',
    killedBy: { file: PROBE, test: "the probe over s3 comes before the first write" },
  },
  {
    bug: "writes go on after the store was found unsafe",
    file: "bucket/probe/gate.ts",
    text: "if (error instanceof UnsafeStoreError) this.close();",
    replacement: "",
    killedBy: {
      file: PROBE,
      test: "the probe over s3 stops all writes once it finds the store unsafe",
    },
  },
  {
    bug: "a lost race is forgotten",
    file: "bucket/probe/gate.ts",
    text: "if (this.#lostRace) throw this.#lostRace;",
    replacement: "",
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that checks conditions and writes later",
    },
  },
  {
    bug: "a probe ends for all with the caller who began it",
    file: "bucket/probe/gate.ts",
    text: "if (!running.signal?.aborted) throw error;",
    replacement: "throw error;",
    killedBy: { file: PROBE, test: "the probe over s3 is shared by calls at the same time" },
  },
  {
    bug: "only the right condition is probed",
    file: "bucket/probe/probe.ts",
    text: "  await probe.refuse({ version: accepted.replaced }, accepted.form);\n",
    replacement: "",
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores if-match alone",
    },
  },
  {
    bug: "only the wrong version is probed, not the wrong absence",
    file: "bucket/probe/probe.ts",
    text: 'if (!isProven) await probe.refuse({ isAbsent: true }, "quoted");',
    replacement: 'if (isProven && !object) await probe.refuse({ isAbsent: true }, "quoted");',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores if-none-match alone",
    },
  },
  {
    bug: "the wrong version is probed in the form that is never honoured",
    file: "bucket/probe/probe.ts",
    text: "await probe.refuse({ version: accepted.replaced }, accepted.form);",
    replacement: 'await probe.refuse({ version: accepted.replaced }, "quoted");',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores unquoted ETags only",
    },
  },
  {
    bug: "a wrong write whose answer was lost counts as refused",
    file: "bucket/probe/probe.ts",
    text: 'if (result.type === "written" || (await this.#read())?.content === text) {',
    replacement: 'if (result.type === "unclear") return;\n      if (result.type === "written") {',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 refuses a store that ignores if-match alone",
    },
  },
  {
    bug: "a right write that another candidate beat makes the store unsafe",
    file: "bucket/probe/probe.ts",
    text: "        current = found;\n        continue;",
    replacement: '        throw this.#unsafe("it refuses a write whose condition holds");',
    killedBy: { file: PROBE, test: "the probe over s3 passes for 16 candidates at once" },
  },
  {
    bug: "the form of ETags that the probe found is not used",
    file: "bucket/bucket_store.ts",
    text: "    const condition = { version: seen.version };\n",
    replacement:
      '    const condition = { version: form === "unquoted" ? `"${seen.version}"` : seen.version };\n',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 learns that only unquoted ETags are honoured",
    },
  },
  {
    bug: "a second winner whose answer was lost is not counted",
    file: "bucket/probe/probe.ts",
    text: 'result.type === "written" || text === after?.content\n',
    replacement: 'result.type === "written"\n',
    killedBy: {
      file: PROBE,
      test: "the probe over s3 finds a second winner whose answer was lost",
    },
  },
  {
    bug: "the probe writes the lock's own object",
    file: "bucket/bucket_store.ts",
    text: "      key: key + PROBE_SUFFIX,",
    replacement: "      key,",
    killedBy: { file: PROBE, test: "the probe over s3 never brings the lock's object back" },
  },
  {
    bug: "an object that is to be created may exist",
    file: "bucket/wire/provider.ts",
    text: 'return { "if-none-match": "*" };',
    replacement: "return {};",
    killedBy: {
      file: INIT,
      test: "initBucket() over s3 does not touch an object that somebody creates",
    },
  },
  {
    bug: "init lets nobody race",
    file: "bucket/init_bucket.ts",
    text: "  await store.race({ ...options.race, ...call });\n",
    replacement: "",
    killedBy: {
      file: INIT,
      test: "initBucket() over s3 creates nothing in a store that is not safe",
    },
  },
  {
    bug: "init frees the lock at once",
    file: "bucket/init_bucket.ts",
    text: "    holderIdentity: INIT_IDENTITY,\n",
    replacement: "",
    killedBy: { file: INIT, test: "initBucket() over s3 creates a record that elector-init holds" },
  },
  {
    bug: "weak ETags pass",
    file: "bucket/wire/responses.ts",
    text: '/^"?(?!W\\/)([\\x21\\x23-\\x7e]{1,255})"?$/',
    replacement: '/^(?:W\\/)?"?([\\x21\\x23-\\x7e]{1,255})"?$/',
    killedBy: { file: STORE, test: "BucketStore over s3 refuses weak ETags" },
  },
  {
    bug: "GCS: objects are kept in caches",
    file: "bucket/wire/provider.ts",
    text: ', "cache-control": "no-store" }',
    replacement: " }",
    killedBy: { file: STORE, test: "BucketStore over gcs writes objects that no cache keeps" },
  },
  {
    bug: "a page that says 404 means that the lock was deleted",
    file: "bucket/wire/meaning.ts",
    text: "if (status === 404 && isEmpty)",
    replacement: "if (status === 404 || isEmpty)",
    killedBy: { file: STORE, test: "BucketStore over s3 takes a page that says 404" },
  },
  {
    bug: "a limit without a time means a minute",
    file: "bucket/wire/responses.ts",
    text: "if ((status !== 429 && status !== 503) ||",
    replacement: "if (status !== 0 ||",
    killedBy: { file: STORE, test: "BucketStore over s3 waits as long as a 429 asks for" },
  },
  {
    bug: "an Azure lease on the blob is a lost race",
    file: "bucket/wire/provider.ts",
    text: '["LeaseIdMissing", LEASED],',
    replacement: "",
    killedBy: { file: STORE, test: "BucketStore over azure is refused by a blob under a lease" },
  },
  {
    bug: "a wrong clock is never corrected",
    file: "bucket/sign/signing_clock.ts",
    text: "this.#offset += error;",
    replacement: "",
    killedBy: { file: SKEW, test: "a clock that is 20 min off is corrected, over s3" },
  },
  {
    bug: "a correction is added to the last one, and not to the clock",
    file: "bucket/sign/signing_clock.ts",
    text: "? time - this.now() : undefined;",
    replacement: "? time - this.#clock.wall() : undefined;",
    killedBy: { file: SKEW, test: "a write with the wrong time is sent once more over s3" },
  },
  {
    bug: "refused credentials are never fetched again",
    file: "bucket/wire/connection.ts",
    text: 'failure.meaning === "expired" && mayReplace',
    replacement: 'failure.meaning === "expired" && !mayReplace',
    killedBy: { file: ROTATION, test: "a secret that was rotated is fetched once, over s3" },
  },
  {
    bug: "refused credentials are sent again, though there are no others",
    file: "bucket/credentials/cache.ts",
    text: "return isSame(next, refused) ? undefined : next;",
    replacement: "return next;",
    killedBy: { file: ROTATION, test: "a secret that was revoked is refused at once, over s3" },
  },
  {
    bug: "a renewal waits for the refresh of credentials that are still valid",
    file: "bucket/credentials/cache.ts",
    text: "    if (age < held.life) {\n",
    replacement: "    if (age < 0) {\n",
    killedBy: { file: CACHE, test: "credentials are refreshed 5 minutes before their end" },
  },
  {
    bug: "each caller fetches credentials for itself",
    file: "bucket/credentials/cache.ts",
    text: "if (this.#pending && now - this.#askedAt < requestTimeout)",
    replacement: "if (this.#pending && now - this.#askedAt < 0)",
    killedBy: { file: CACHE, test: "refused credentials are replaced once, also if several" },
  },
  {
    bug: "the age of credentials is the monotonic clock's alone",
    file: "bucket/credentials/cache.ts",
    text: "const age = elapsedSince(held.fetchedAt, readClock(this.#options.clock));",
    replacement: "const age = this.#options.clock.monotonic() - held.fetchedAt.monotonic;",
    killedBy: { file: CACHE, test: "a machine that was suspended does not use credentials" },
  },
  {
    bug: "errors show credentials",
    file: "bucket/wire/connection.ts",
    text: "      secrets: this.#secrets,\n",
    replacement: "",
    killedBy: {
      file: SECRETS,
      test: "a SAS appears nowhere with a server that quotes single values",
    },
  },
  {
    bug: "errors show a decoded signature",
    file: "bucket/credentials/credentials.ts",
    text: "plainSas(credentials.sasToken), signature].filter",
    replacement: "plainSas(credentials.sasToken), signature].slice(0, 2).filter",
    killedBy: {
      file: SECRETS,
      test: "a SAS appears nowhere with a network that quotes the decoded",
    },
  },
  {
    bug: "plain http reaches any host for credentials",
    file: "bucket/credentials/source.ts",
    text: "METADATA_HOSTS.includes(hostname) ||",
    replacement: 'hostname !== "" ||',
    killedBy: {
      file: "tests/bucket/credentials_test.ts",
      test: "S3: asks a container's service by plain http at the fixed hosts and this machine only",
    },
  },
  {
    bug: "a lock may lie on the probe's object",
    file: "bucket/address.ts",
    text: "if (key.endsWith(PROBE_SUFFIX)) {",
    replacement: 'if (key === "") {',
    killedBy: { file: "tests/bucket/address_test.ts", test: 'refuses "s3://bucket/lock.probe"' },
  },
  {
    bug: "a deletion in a bucket is not certain",
    file: "bucket/failures.ts",
    text: "    { isCertain: true },\n",
    replacement: "",
    killedBy: {
      file: "tests/bucket/bucket_lock_test.ts",
      test: "BucketLock over s3 ends a term within one renewal after the object was deleted",
    },
  },
  {
    bug: "a bucket is probed no oftener than a gist",
    file: "bucket/bucket_store.ts",
    text: "readonly accessCheckPeriod: number = ACCESS_CHECK_PERIOD;",
    replacement: "readonly accessCheckPeriod: number = 24 * ACCESS_CHECK_PERIOD;",
    killedBy: {
      file: "tests/bucket/bucket_lock_test.ts",
      test: "a follower probes hourly, and ends when versioning has made the bucket unsafe",
    },
  },
  {
    bug: "a lock does not say how often access is checked",
    file: "store/store_lock.ts",
    text: "this.accessCheckPeriod = store.accessCheckPeriod;",
    replacement: "this.accessCheckPeriod = undefined;",
    killedBy: {
      file: "tests/bucket/bucket_lock_test.ts",
      test: "a follower probes hourly, and ends when versioning has made the bucket unsafe",
    },
  },
  {
    bug: "a lock keeps its store's timings to itself",
    file: "store/store_lock.ts",
    text: "this.defaultTimings = store.defaultTimings;",
    replacement: "this.defaultTimings = undefined;",
    killedBy: {
      file: "tests/bucket/bucket_lock_test.ts",
      test: "an elector over a bucket has the bucket's timings, unless its options say otherwise",
    },
  },
  {
    bug: "a store's preparation is not its lock's",
    file: "store/store_lock.ts",
    text: "this.prepare = store.prepare && (",
    replacement: "this.prepare = undefined && (",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a store's preparation is the lock's, with its signal",
    },
  },
  {
    bug: "every lock has a preparation",
    file: "store/store_lock.ts",
    text: "this.prepare = store.prepare && (",
    replacement: "this.prepare = (",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a lock without a preparation is read at once",
    },
  },
  {
    bug: "credentials are fetched through a proxy",
    file: "lock/network.ts",
    text: "const isDirect = METADATA_HOSTS.includes(url.hostname) ||\n    ",
    replacement: "const isDirect = ",
    killedBy: {
      file: "tests/lock/network_test.ts",
      test:
        "Network sends to http://169.254.169.254/latest/api/token directly, by a client of the request's own",
    },
  },
  {
    bug: "the 501 of a proxy makes a store unsafe",
    file: "bucket/wire/meaning.ts",
    text: '    case 503:\n      return "busy";',
    replacement: '    case 501:\n      return "unsupported";\n    case 503:\n      return "busy";',
    killedBy: {
      file: "tests/bucket/store_test.ts",
      test: "does not take the 501 of a proxy for a store that knows no conditions",
    },
  },
  {
    bug: "a page counts as a write",
    file: "bucket/wire/client.ts",
    text: "if (body.length > 0) return",
    replacement: "if (body.length < 0) return",
    killedBy: {
      file: STORE,
      test: "BucketStore over s3 does not know what came of a write after a page with an ETag",
    },
  },
  {
    bug: "a success that changes nothing counts as a write",
    file: "bucket/wire/client.ts",
    text: '"version" in condition && found.version === condition.version',
    replacement: '"version" in condition && found.version === ""',
    killedBy: {
      file: STORE,
      test: "BucketStore over gcs does not know what came of a write after the version",
    },
  },
  {
    bug: "any status from 200 to 299 is a success",
    file: "bucket/wire/connection.ts",
    text: "if (isUnchanged || status === 200 ||",
    replacement: "if (isUnchanged || (status >= 200 && status <= 299) ||",
    killedBy: {
      file: STORE,
      test: "BucketStore over azure does not know what came of a write after 202",
    },
  },
  {
    bug: "a call of the provider that hangs holds up the next",
    file: "bucket/credentials/cache.ts",
    text: "now - this.#askedAt < requestTimeout) return this.#pending",
    replacement: "now - this.#askedAt < Infinity * requestTimeout) return this.#pending",
    killedBy: { file: ROTATION, test: "a term goes on where a provider hangs once" },
  },
  {
    bug: "credentials of a call that was overtaken replace newer ones",
    file: "bucket/credentials/cache.ts",
    text: "askedAt < this.#held.askedAt)",
    replacement: "askedAt < -this.#held.askedAt)",
    killedBy: { file: CACHE, test: "a call of the provider that hangs does not hold up the next" },
  },
  {
    bug: "with expired credentials a renewal waits for a provider that hangs",
    file: "bucket/credentials/cache.ts",
    text: "this.#options.requestTimeout / 4, refreshed",
    replacement: "this.#options.requestTimeout * 4, refreshed",
    killedBy: { file: CACHE, test: "with expired credentials no call waits" },
  },
  {
    bug: "credentials are kept as the provider's own object",
    file: "bucket/credentials/credentials.ts",
    text: "copy[key] = given[key];",
    replacement: "Object.setPrototypeOf(copy, given);",
    killedBy: { file: CACHE, test: "one object that its provider changes in place" },
  },
  {
    bug: "what a provider's error quotes is shown",
    file: "bucket/credentials/cache.ts",
    text: "${redact(message)}",
    replacement: '${redact("") + message}',
    killedBy: { file: SECRETS, test: "a SAS appears nowhere if its provider quotes it" },
  },
  {
    bug: "a bucket's refusal that names a resource like a limit is waited out",
    file: "bucket/wire/connection.ts",
    text: "hasLimitTexts: false",
    replacement: "hasLimitTexts: true",
    killedBy: { file: STORE, test: "BucketStore over s3 takes a refusal that names a resource" },
  },
  {
    bug: "a service's refusal that names a role like a limit is waited out",
    file: "bucket/credentials/source.ts",
    text: "hasLimitTexts: false",
    replacement: "hasLimitTexts: true",
    killedBy: {
      file: "tests/bucket/credentials_test.ts",
      test: "what a service refuses is an access error",
    },
  },
];
