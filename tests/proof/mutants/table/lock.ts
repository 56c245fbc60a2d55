import { type Mutant, mutantsOf } from "../mutant.ts";

/** Bugs in `lock/`. */
export const LOCK: readonly Mutant[] = [
  ...mutantsOf("lock/checks.ts", "tests/elector/wrong_options_test.ts", [
    {
      bug: "a callback that is not a function fails in the middle of a term",
      text: 'value === undefined || typeof value === "function") continue',
      replacement:
        'value === undefined || name.startsWith("on") || typeof value === "function") continue',
      killedBy: "new LeaderElector() refuses what is not a function",
    },
  ]),
  ...mutantsOf("lock/fake_clock.ts", "tests/lock/clock_test.ts", [
    {
      bug: "a test in which time does pass counts as one in which it does not",
      text: "wakes = wait > 0 ? 0 : wakes + 1;",
      replacement: "wakes++;",
      killedBy: "FakeClock.advance() wakes any number of sleepers at different instants",
    },
  ]),
  ...mutantsOf("lock/fence.ts", "tests/lock/fence_test.ts", [
    {
      bug: "a token that is lower than the highest one seen, but not than the stored one, passes",
      text: "if (token < this.#highest) throw",
      replacement: "if (token < this.#stored) throw",
      killedBy: "a token that could not be stored counts as seen",
    },
    {
      bug: "the same leader's next write is refused",
      text: "if (token < this.#highest) throw",
      replacement: "if (token <= this.#stored) throw",
      killedBy: "Fence lets the same token pass again, and stores it once",
    },
    {
      bug: "checks run side by side",
      text: "const turn = this.#previous.then(async () => {",
      replacement: "const turn = Promise.resolve().then(async () => {",
      killedBy: "many checks in flight: none passes after a higher one has passed",
    },
    {
      bug: "the next check does not wait for the effect",
      text: "    this.#previous = turn.catch(() => {});\n    return await turn;",
      replacement: "    this.#previous = Promise.resolve();\n    return await turn;",
      killedBy: "a higher token waits until the effect of a lower one is over",
    },
    {
      bug: "an effect that fails blocks the fence",
      text: "this.#previous = turn.catch(() => {});",
      replacement: "this.#previous = turn;",
      killedBy: "an effect that fails has raised the fence, and the next check goes on",
    },
    {
      bug: "a token passes before it is stored",
      text: "await store(token);",
      replacement: "store(token);",
      killedBy: "a higher token is stored before its effect begins",
    },
    {
      bug: "a token that could not be stored passes the next time",
      text: "    await store(token);\n    this.#stored = token;",
      replacement: "    this.#stored = token;\n    await store(token);",
      killedBy: "a failing store refuses the effect; the token passes once it can be stored",
    },
    {
      bug: "a stored token that cannot be understood counts as none",
      text: "if (loaded === undefined) return -1;",
      replacement: "if (!isToken(loaded)) return -1;",
      killedBy: 'a loaded "5" is not a token: every check is refused',
    },
  ]),
  ...mutantsOf("lock/network.ts", "tests/lock/network_test.ts", [
    {
      bug: "a request that was given up leaves its connection in use",
      text: 'request.signal.addEventListener("abort", giveUp, { once: true });',
      replacement: "",
      killedBy:
        "Network uses new connections, without HTTP/2, after each request that was given up",
    },
    {
      bug: "new connections speak HTTP/2",
      text: "this.#client ??= createHttpClient({ http2: false })",
      replacement: "this.#client ??= createHttpClient({ http2: true })",
      killedBy:
        "Network uses new connections, without HTTP/2, after each request that was given up",
    },
    {
      bug: "each request that hung on a dead connection closes the healthy ones that came since",
      text: "client === this.#client && this.close()",
      replacement: "this.close()",
      killedBy: "Network replaces its client once for all requests that hang on it",
    },
    {
      bug: "a client that was replaced is never closed",
      text: "    this.#client?.close();\n",
      replacement: "",
      killedBy:
        "Network uses new connections, without HTTP/2, after each request that was given up",
    },
    {
      bug: "requests to this machine go through a proxy",
      text: "DIRECT_HOSTS.some((host) => host.test(url.hostname))",
      replacement: "DIRECT_HOSTS.length === 0",
      killedBy:
        "Network sends to http://127.0.0.1:8080/x directly, by a client of the request's own",
    },
    {
      bug: "the token is sent to this machine without TLS, although the address is https",
      text: 'url.protocol !== "http:" || ',
      replacement: "",
      killedBy: "Network sends to https://localhost/ as the runtime does",
    },
    {
      bug: "the client of a direct request stays open",
      text: "      client.close();\n",
      replacement: "",
      killedBy: "Network closes the client of a direct request that fails",
    },
    {
      bug: "an IPv6 address loses its brackets",
      text: "const { hostname } = url;",
      replacement: 'const hostname = url.hostname.replace(/^\\[|\\]$/g, "");',
      killedBy: "Network sends to http://[::1]:4040/ directly, by a client of the request's own",
    },
    {
      bug: "credentials are fetched through a proxy",
      text: "const isDirect = METADATA_HOSTS.includes(url.hostname) ||\n    ",
      replacement: "const isDirect = ",
      killedBy:
        "Network sends to http://169.254.169.254/latest/api/token directly, by a client of the request's own",
    },
  ]),
  ...mutantsOf("lock/record.ts", "tests/lock/record_test.ts", [
    {
      bug: "a key that is there twice hides the holder",
      text: "if (countKeys(text) !== Object.keys(value).length) {",
      replacement: "if (countKeys(text) < 0) {",
      killedBy:
        "parseRecord() refuses a key that is there twice, the second time null, as Go may read the first",
    },
    {
      bug: "the keys of an inner object count",
      text: 'else if (sign === ":" && depth === 1) keys++;',
      replacement: 'else if (sign === ":") keys++;',
      killedBy: "parseRecord() reads a key twice, but in another object or text",
    },
    {
      bug: "an absurd rank hides a lease",
      text: "rank: (_, value) => isRank(value) ? Number(value.text) : undefined,",
      replacement: "rank: integerTo(MAX_RANK),",
      killedBy: "parseRecord() reads a rank of 10 as none, as it hides no lease",
    },
    {
      bug: "a negative token is read",
      text: "if (number >= 0 && number <= most) return number;",
      replacement: "if (number <= most) return number;",
      killedBy: "parseRecord() refuses -1 as a number",
    },
    {
      bug: "an absurd number is read",
      text: "if (number >= 0 && number <= most) return number;",
      replacement: "if (number >= 0) return number;",
      killedBy: "parseRecord() refuses 2147483648 as a number",
    },
    {
      bug: "a fraction is read as an integer",
      text: "/^-?\\d+$/.test(value.text)",
      replacement: "/^-?[\\d.]+$/.test(value.text)",
      killedBy: "parseRecord() refuses 15.0 as a number",
    },
    {
      bug: "a bare number passes for an empty record",
      text: "    value instanceof NumberText\n",
      replacement: "    false\n",
      killedBy: "parseRecord() refuses the JSON text 5",
    },
    {
      bug: "garbage hides the fencing token",
      text: "throw new InvalidRecordError(error.message, { cause: error.cause, tokenFloor });",
      replacement: "throw error;",
      killedBy: "InvalidRecordError.tokenFloor is 41 for",
    },
    {
      bug: "a record of any length is read",
      text: "> MAX_RECORD_BYTES) {",
      replacement: "> Infinity) {",
      killedBy: "parseRecord() refuses a text that is too long",
    },
  ]),
];
