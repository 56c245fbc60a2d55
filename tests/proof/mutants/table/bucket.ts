import { type Mutant, mutantsOf } from "../mutant.ts";

const BUCKET_LOCK = "tests/bucket/bucket_lock_test.ts";
const CONTRACT = "tests/bucket/contract_test.ts";
const CREDENTIAL_CACHE = "tests/bucket/credential_cache_test.ts";
const INIT = "tests/bucket/init_test.ts";
const PROBE = "tests/bucket/probe_test.ts";
const RANDOM_FAULTS = "tests/bucket/random_faults_test.ts";
const ROTATION = "tests/bucket/rotation_test.ts";
const SECRETS = "tests/bucket/secrets_test.ts";
const STORE = "tests/bucket/store_test.ts";

/** Bugs in `bucket/`. */
export const BUCKET: readonly Mutant[] = [
  ...mutantsOf("bucket/address.ts", "tests/bucket/address_test.ts", [
    {
      bug: "a lock may lie on the probe's object",
      text: "if (key.endsWith(PROBE_SUFFIX)) {",
      replacement: 'if (key === "") {',
      killedBy: 'refuses "s3://bucket/lock.probe"',
    },
  ]),
  ...mutantsOf("bucket/bucket_store.ts", STORE, [
    {
      bug: "an elector takes the system's clock, though the lock has another",
      text: "    this.clock = clock;\n",
      replacement: "    this.clock = undefined as unknown as Clock;\n",
      killedBy: [
        BUCKET_LOCK,
        "an elector over a bucket has the lock's clock and request timeout, and no others",
      ],
    },
    {
      bug: "an elector gives up a request before the bucket's lock does",
      text: "    this.requestTimeout = resolved.requestTimeout;\n",
      replacement: "    this.requestTimeout = undefined as unknown as number;\n",
      killedBy: [
        BUCKET_LOCK,
        "an elector over a bucket has the lock's clock and request timeout, and no others",
      ],
    },
    {
      bug: "412 is taken for a conflict without a look",
      text: "    const found = await this.#readAgain(said, signal);",
      replacement:
        '    if (type === "refused") throw new LockConflictError(said);\n    const found = await this.#readAgain(said, signal);',
      killedBy: "BucketStore over s3 takes a write for its own that was applied",
    },
    {
      bug: "412 is unknown, though the object moved on",
      text: "if ((found?.version ?? ABSENT.version) !== replaced) {",
      replacement: "if (!found) {",
      killedBy: [CONTRACT, "BucketStore over s3 conflicts where"],
    },
    {
      bug: "a write that may yet land is a conflict",
      text: "throw unknownOutcome(this.#where, said);",
      replacement: "throw new LockConflictError(said);",
      killedBy: [RANDOM_FAULTS, "what a store says of its writes is true over s3"],
    },
    {
      bug: "a missing object is created",
      text: "if (seen.content === undefined) throw neverCreatedError(this.#where);",
      replacement:
        "if (seen.content === undefined) return await this.create(content, { ...(signal && { signal }) });",
      killedBy: "BucketStore over s3 never creates an object, and says how to",
    },
    {
      bug: "a deletion is forgotten",
      text: "if (this.#lastToken !== undefined) throw this.#deleted();",
      replacement: "",
      killedBy: "BucketStore over s3 ends at an object that was deleted",
    },
    {
      bug: "the read after a refusal may be answered 304",
      text: "return await this.#client.get(this.#key, { signal }) as StoredObject | undefined;",
      replacement:
        'const found = await this.#client.get(this.#key, { etag: this.#known?.etag, signal });\n      return found === "unchanged" ? this.#known : found;',
      killedBy: "BucketStore over gcs reads another generation of the same text",
    },
    {
      bug: "the form of ETags that the probe found is not used",
      text: "    const condition = { version: seen.version };\n",
      replacement:
        '    const condition = { version: form === "unquoted" ? `"${seen.version}"` : seen.version };\n',
      killedBy: [PROBE, "the probe over s3 learns that only unquoted ETags are honoured"],
    },
    {
      bug: "the probe writes the lock's own object",
      text: "      key: key + PROBE_SUFFIX,",
      replacement: "      key,",
      killedBy: [PROBE, "the probe over s3 never brings the lock's object back"],
    },
    {
      bug: "a bucket is probed no oftener than a gist",
      text: "readonly accessCheckPeriod: number = ACCESS_CHECK_PERIOD;",
      replacement: "readonly accessCheckPeriod: number = 24 * ACCESS_CHECK_PERIOD;",
      killedBy: [
        BUCKET_LOCK,
        "a follower probes hourly, and ends when versioning has made the bucket unsafe",
      ],
    },
  ]),
  ...mutantsOf("bucket/credentials/cache.ts", CREDENTIAL_CACHE, [
    {
      bug: "a second refresh that fails is not reported",
      text: "      this.#hasWarned = false;\n",
      replacement: "",
      killedBy: "a refresh that fails is warned of once, and tried again after a pause",
    },
    {
      bug: "the end of an overtaken call forgets the call in flight",
      text: "if (this.#pending === pending) ",
      replacement: "",
      killedBy: "the end of a call that was overtaken starts no further call",
    },
    {
      bug: "an aborted call returns expired credentials",
      text: "      signal?.throwIfAborted();\n      // Only",
      replacement: "      // Only",
      killedBy: "a call that is aborted while expired credentials are fetched rejects",
    },
    {
      bug: "refused credentials are sent again, though there are no others",
      text: "return isSame(next, refused) ? undefined : next;",
      replacement: "return next;",
      killedBy: [ROTATION, "a secret that was revoked is refused at once, over s3"],
    },
    {
      bug: "a renewal waits for the refresh of credentials that are still valid",
      text: "    if (age < held.life) {\n",
      replacement: "    if (age < 0) {\n",
      killedBy: "credentials are refreshed 5 minutes before their end",
    },
    {
      bug: "each caller fetches credentials for itself",
      text: "if (this.#pending && now - this.#askedAt < requestTimeout)",
      replacement: "if (this.#pending && now - this.#askedAt < 0)",
      killedBy: "refused credentials are replaced once, also if several",
    },
    {
      bug: "the age of credentials is the monotonic clock's alone",
      text: "const age = elapsedSince(held.fetchedAt, readClock(this.#options.clock));",
      replacement: "const age = this.#options.clock.monotonic() - held.fetchedAt.monotonic;",
      killedBy: "a machine that was suspended does not use credentials",
    },
    {
      bug: "a call of the provider that hangs holds up the next",
      text: "now - this.#askedAt < requestTimeout) return this.#pending",
      replacement: "now - this.#askedAt < Infinity * requestTimeout) return this.#pending",
      killedBy: [ROTATION, "a term goes on where a provider hangs once"],
    },
    {
      bug: "credentials of a call that was overtaken replace newer ones",
      text: "askedAt < this.#held.askedAt)",
      replacement: "askedAt < -this.#held.askedAt)",
      killedBy: "a call of the provider that hangs does not hold up the next",
    },
    {
      bug: "with expired credentials a renewal waits for a provider that hangs",
      text: "this.#options.requestTimeout / 4, refreshed",
      replacement: "this.#options.requestTimeout * 4, refreshed",
      killedBy: "with expired credentials no call waits",
    },
    {
      bug: "what a provider's error quotes is shown",
      text: "${redact(message)}",
      replacement: '${redact("") + message}',
      killedBy: [SECRETS, "a SAS appears nowhere if its provider quotes it"],
    },
  ]),
  ...mutantsOf("bucket/credentials/credentials.ts", SECRETS, [
    {
      bug: "errors show a decoded signature",
      text: "plainSas(credentials.sasToken), signature].filter",
      replacement: "plainSas(credentials.sasToken), signature].slice(0, 2).filter",
      killedBy: "a SAS appears nowhere with a network that quotes the decoded",
    },
    {
      bug: "credentials are kept as the provider's own object",
      text: "copy[key] = given[key];",
      replacement: "Object.setPrototypeOf(copy, given);",
      killedBy: [CREDENTIAL_CACHE, "one object that its provider changes in place"],
    },
  ]),
  ...mutantsOf("bucket/credentials/source.ts", "tests/bucket/credentials_test.ts", [
    {
      bug: "plain http reaches any host for credentials",
      text: "METADATA_HOSTS.includes(hostname) ||",
      replacement: 'hostname !== "" ||',
      killedBy:
        "S3: asks a container's service by plain http at the fixed hosts and this machine only",
    },
    {
      bug: "a service that is under load for a moment refuses for good",
      text: " && !PASSING.test(`${status} ${text}`)",
      replacement: "",
      killedBy: "what a service refuses is an access error, and anything else is worth another try",
    },
    {
      bug: "a service's refusal that names a role like a limit is waited out",
      text: "hasLimitTexts: false",
      replacement: "hasLimitTexts: true",
      killedBy: "what a service refuses is an access error",
    },
  ]),
  ...mutantsOf("bucket/failures.ts", BUCKET_LOCK, [
    {
      bug: "a deletion in a bucket is not certain",
      text: "    { isCertain: true },\n",
      replacement: "",
      killedBy: "BucketLock over s3 ends a term within one renewal after the object was deleted",
    },
  ]),
  ...mutantsOf("bucket/init_bucket.ts", INIT, [
    {
      bug: "init runs no race",
      text: "  await store.race({ ...options.race, ...call });\n",
      replacement: "",
      killedBy: "initBucket() over s3 creates nothing in a store that is not safe",
    },
    {
      bug: "init frees the lock at once",
      text: "    holderIdentity: INIT_IDENTITY,\n",
      replacement: "",
      killedBy: "initBucket() over s3 creates a record that elector-init holds",
    },
  ]),
  ...mutantsOf("bucket/options.ts", "tests/bucket/options_test.ts", [
    {
      bug: "a warning that cannot be written fails a request, or the process",
      text: "void new Promise((resolve) => resolve(onWarning(message))).catch(() => {})",
      replacement: "onWarning(message)",
      killedBy: [
        "tests/bucket/clock_skew_test.ts",
        "onWarning that fails harms neither a request nor the process",
      ],
    },
    {
      bug: "an address from a variable is refused under an option's name",
      text: "return checkBaseUrl(found, name)",
      replacement: 'return checkBaseUrl(found, "endpoint")',
      killedBy: "a store names AWS_ENDPOINT_URL_S3 if it refuses its address",
    },
  ]),
  ...mutantsOf("bucket/probe/gate.ts", PROBE, [
    {
      bug: "the probe is skipped",
      text: "return this.#form ?? await this.probe(signal);",
      replacement: 'return this.#form ?? (signal ? await this.probe(signal) : "quoted");',
      killedBy: "the probe over s3 comes before the first write",
    },
    {
      bug: "writes go on after the store was found unsafe",
      text: "if (error instanceof UnsafeStoreError) this.close();",
      replacement: "",
      killedBy: "the probe over s3 stops all writes once it finds the store unsafe",
    },
    {
      bug: "a lost race is forgotten",
      text: "if (this.#lostRace) throw this.#lostRace;",
      replacement: "",
      killedBy: "the probe over s3 refuses a store that checks conditions and writes later",
    },
    {
      bug: "a probe ends for all with the caller who began it",
      text: "if (!running.signal?.aborted) throw error;",
      replacement: "throw error;",
      killedBy: "the probe over s3 is shared by calls at the same time",
    },
  ]),
  ...mutantsOf("bucket/probe/probe.ts", PROBE, [
    {
      bug: "only the right condition is probed",
      text: "  await probe.refuse({ version: accepted.replaced }, accepted.form);\n",
      replacement: "",
      killedBy: "the probe over s3 refuses a store that ignores if-match alone",
    },
    {
      bug: "only the wrong version is probed, not the wrong absence",
      text: 'if (!isProven) await probe.refuse({ isAbsent: true }, "quoted");',
      replacement: 'if (isProven && !object) await probe.refuse({ isAbsent: true }, "quoted");',
      killedBy: "the probe over s3 refuses a store that ignores if-none-match alone",
    },
    {
      bug: "the wrong version is probed in the form that is never honoured",
      text: "await probe.refuse({ version: accepted.replaced }, accepted.form);",
      replacement: 'await probe.refuse({ version: accepted.replaced }, "quoted");',
      killedBy: "the probe over s3 refuses a store that ignores unquoted ETags only",
    },
    {
      bug: "a wrong write whose answer was lost counts as refused",
      text: 'if (result.type === "written" || (await this.#read())?.content === text) {',
      replacement: 'if (result.type === "unclear") return;\n      if (result.type === "written") {',
      killedBy: "the probe over s3 refuses a store that ignores if-match alone",
    },
    {
      bug: "a right write that another candidate beat makes the store unsafe",
      text: "        current = found;\n        continue;",
      replacement: '        throw this.#unsafe("it refuses a write whose condition holds");',
      killedBy: "the probe over s3 passes for 16 candidates at once",
    },
    {
      bug: "a second winner whose answer was lost is not counted",
      text: 'result.type === "written" || text === after?.content\n',
      replacement: 'result.type === "written"\n',
      killedBy: "the probe over s3 finds a second winner whose answer was lost",
    },
  ]),
  ...mutantsOf("bucket/same_write.ts", STORE, [
    {
      bug: "a request on top hides one's own write",
      text: "  const [mine, theirs] = [parseText(written).record, parseText(found).record];",
      replacement:
        "  const [mine, theirs] = [parseText(written).record, parseText(written === found ? found : '').record];",
      killedBy: "BucketStore over s3 finds its write under a request for a handover",
    },
    {
      bug: "the session is not compared",
      text: "mine.session === theirs.session && ",
      replacement: "",
      killedBy: "BucketStore over s3 does not find its write under a write of another session",
    },
    {
      bug: "the sequence number is not compared",
      text: "mine.sequence === theirs.sequence &&",
      replacement: "",
      killedBy: "BucketStore over s3 does not find its write under a later write",
    },
    {
      bug: "the token is not compared",
      text: "mine.leaderTransitions === theirs.leaderTransitions &&",
      replacement: "",
      killedBy: "BucketStore over s3 does not find its write under a write with another token",
    },
    {
      bug: "the holder is not compared",
      text: "mine.holderIdentity === theirs.holderIdentity",
      replacement: "true",
      killedBy: "BucketStore over s3 does not find its write under a write of another holder",
    },
    {
      bug: "a request is found in the write that it is on",
      text: "(mine.requestedBy === undefined || isSameRequest(mine, theirs))",
      replacement: "true",
      killedBy: "BucketStore over s3 does not take the write below for its request for a handover",
    },
    {
      bug: "another's request is taken for one's own",
      text: "one.requestedBy === other.requestedBy && ",
      replacement: "",
      killedBy:
        "BucketStore over s3 does not find its request for a handover where it reads another's for the same candidate",
    },
    {
      bug: "the name in a request is not compared",
      text: " && one.preferredHolder === other.preferredHolder",
      replacement: "",
      killedBy:
        "BucketStore over s3 does not find its request for a handover where it reads one's own for another candidate",
    },
  ]),
  ...mutantsOf("bucket/sign/shared_key.ts", ROTATION, [
    {
      bug: "an account key that was cut off is not an error of the lock",
      text: 'Buffer.from(accountKey, "base64")',
      replacement: 'Buffer.from(atob(accountKey), "latin1")',
      killedBy: "an account key that was cut off",
    },
  ]),
  ...mutantsOf("bucket/sign/signing_clock.ts", "tests/bucket/clock_skew_test.ts", [
    {
      bug: "a wrong clock is never corrected",
      text: "this.#offset += error;",
      replacement: "",
      killedBy: "a clock that is 20 min off is corrected, over s3",
    },
    {
      bug: "a correction is added to the last one, and not to the clock",
      text: "undefined : time - this.now();",
      replacement: "undefined : time - this.#clock.wall();",
      killedBy: "a write with the wrong time is sent once more over s3",
    },
  ]),
  ...mutantsOf("bucket/sign/sigv4.ts", "tests/bucket/sign_test.ts", [
    {
      bug: "a condition is sent and not signed",
      text: "const entries = Object.entries({ ...headers, host: url.host })",
      replacement:
        'const entries = Object.entries({ ...headers, host: url.host }).filter(([name]) => !name.startsWith("if-"))',
      killedBy: "signS3() signs conditions, the content type and a session token",
    },
    {
      bug: "the payload is not hashed",
      text: '"x-amz-content-sha256": sha256(request.body),',
      replacement: '"x-amz-content-sha256": "UNSIGNED-PAYLOAD",',
      killedBy: 'signS3() signs the example "PUT Object"',
    },
  ]),
  ...mutantsOf("bucket/wire/client.ts", STORE, [
    {
      bug: "no condition is sent",
      text: "{ ...writeHeaders, ...this.provider.conditionHeaders(condition, form) }",
      replacement: "{ ...writeHeaders, ...(form && condition && {}) }",
      killedBy: [CONTRACT, "BucketStore over s3 conflicts where"],
    },
    {
      bug: "a page counts as a write",
      text: "if (body.length > 0) return",
      replacement: "if (body.length < 0) return",
      killedBy: "BucketStore over s3 does not know what came of a write after a page with an ETag",
    },
    {
      bug: "a success that changes nothing counts as a write",
      text: '"version" in condition && found.version === condition.version',
      replacement: '"version" in condition && found.version === ""',
      killedBy: "BucketStore over gcs does not know what came of a write after the version",
    },
  ]),
  ...mutantsOf("bucket/wire/connection.ts", STORE, [
    {
      bug: "a write is sent again after 500",
      text: "      const failure = this.#failureOf(response);",
      replacement:
        "      const failure = this.#failureOf(response);\n      if (status === 500 && mayReplace) {\n        mayReplace = false;\n        continue;\n      }",
      killedBy: "BucketStore over s3 does not know what came of a write after 500",
    },
    {
      bug: "a write without an answer counts as not made",
      text: 'if (method === "GET" || !(error instanceof LockUnavailableError)) throw error;',
      replacement: "throw error;",
      killedBy: "BucketStore over s3 does not know what came of a write without",
    },
    {
      bug: "refused credentials are never fetched again",
      text: 'failure.meaning === "expired" && mayReplace',
      replacement: 'failure.meaning === "expired" && !mayReplace',
      killedBy: [ROTATION, "a secret that was rotated is fetched once, over s3"],
    },
    {
      bug: "errors show credentials",
      text: "      secrets: this.#secrets,\n",
      replacement: "",
      killedBy: [SECRETS, "a SAS appears nowhere with a server that quotes single values"],
    },
    {
      bug: "any status from 200 to 299 is a success",
      text: "if (isUnchanged || status === 200 ||",
      replacement: "if (isUnchanged || (status >= 200 && status <= 299) ||",
      killedBy: "BucketStore over azure does not know what came of a write after 202",
    },
    {
      bug: "a bucket's refusal that names a resource like a limit is waited out",
      text: "hasLimitTexts: false",
      replacement: "hasLimitTexts: true",
      killedBy: "BucketStore over s3 takes a refusal that names a resource",
    },
  ]),
  ...mutantsOf("bucket/wire/meaning.ts", PROBE, [
    {
      bug: "500 is a conflict",
      text: '  [503, "busy"],\n',
      replacement: '  [500, "refused"],\n  [503, "busy"],\n',
      killedBy: "the probe over s3 refuses a store that ignores if-match alone",
    },
    {
      bug: "409 is a refusal",
      text: '  [412, "refused"],\n',
      replacement: '  [409, "refused"],\n  [412, "refused"],\n',
      killedBy: "the probe over s3 refuses a store that ignores if-match alone",
    },
    {
      bug: "a page that says 404 means that the lock was deleted",
      text: "if (status === 404 && isEmpty)",
      replacement: "if (status === 404 || isEmpty)",
      killedBy: [STORE, "BucketStore over s3 takes a page that says 404"],
    },
    {
      bug: "the 501 of a proxy makes a store unsafe",
      text: '  [503, "busy"],\n',
      replacement: '  [501, "unsupported"],\n  [503, "busy"],\n',
      killedBy: [STORE, "does not take the 501 of a proxy for a store that knows no conditions"],
    },
  ]),
  ...mutantsOf("bucket/wire/provider.ts", CONTRACT, [
    {
      bug: "the condition stands in the wrong header",
      text: 'return { "if-match": form',
      replacement: 'return { "if-unmodified": form',
      killedBy: "BucketStore over azure conflicts where",
    },
    {
      bug: "GCS: the condition is S3's",
      text: '"x-goog-if-generation-match": "isAbsent"',
      replacement: '"if-match": "isAbsent"',
      killedBy: "BucketStore over gcs conflicts where",
    },
    {
      bug: "an object that is to be created may exist",
      text: 'return { "if-none-match": "*" };',
      replacement: "return {};",
      killedBy: [
        INIT,
        "initBucket() over s3 does not touch an object that another process creates",
      ],
    },
    {
      bug: "GCS: objects are kept in caches",
      text: ', "cache-control": "no-store" }',
      replacement: " }",
      killedBy: [STORE, "BucketStore over gcs writes objects that no cache keeps"],
    },
    {
      bug: "an Azure lease on the blob is a lost race",
      text: '(LEASED, "LeaseIdMissing", ',
      replacement: "(LEASED, ",
      killedBy: [STORE, "BucketStore over azure is refused by a blob under a lease"],
    },
  ]),
  ...mutantsOf("bucket/wire/responses.ts", STORE, [
    {
      bug: "weak ETags pass",
      text: '/^"?(?!W\\/)([\\x21\\x23-\\x7e]{1,255})"?$/',
      replacement: '/^(?:W\\/)?"?([\\x21\\x23-\\x7e]{1,255})"?$/',
      killedBy: "BucketStore over s3 refuses weak ETags",
    },
    {
      bug: "a limit without a time means a minute",
      text: "if ((status !== 429 && status !== 503) ||",
      replacement: "if (status !== 0 ||",
      killedBy: "BucketStore over s3 waits as long as a 429 asks for",
    },
  ]),
];
