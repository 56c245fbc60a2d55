import type { Mutant } from "../mutant.ts";

const FILE = "lock/network.ts";
const TESTS = "tests/lock/network_test.ts";

/** Bugs in `lock/network.ts`. */
export const LOCK_NETWORK: readonly Mutant[] = [
  {
    bug: "a request that was given up leaves its connection in use",
    file: FILE,
    text: 'request.signal.addEventListener("abort", giveUp, { once: true });',
    replacement: "",
    killedBy: {
      file: TESTS,
      test: "Network uses new connections, without HTTP/2, after each request that was given up",
    },
  },
  {
    bug: "new connections speak HTTP/2",
    file: FILE,
    text: "this.#client ??= createHttpClient({ http2: false })",
    replacement: "this.#client ??= createHttpClient({ http2: true })",
    killedBy: {
      file: TESTS,
      test: "Network uses new connections, without HTTP/2, after each request that was given up",
    },
  },
  {
    bug: "each request that hung on a dead connection closes the healthy ones that came since",
    file: FILE,
    text: "client === this.#client && this.close()",
    replacement: "this.close()",
    killedBy: {
      file: TESTS,
      test: "Network replaces its client once for all requests that hang on it",
    },
  },
  {
    bug: "a client that was replaced is never closed",
    file: FILE,
    text: "    this.#client?.close();\n",
    replacement: "",
    killedBy: {
      file: TESTS,
      test: "Network uses new connections, without HTTP/2, after each request that was given up",
    },
  },
  {
    bug: "requests to this machine go through a proxy",
    file: FILE,
    text: "DIRECT_HOSTS.some((host) => host.test(url.hostname))",
    replacement: "DIRECT_HOSTS.length === 0",
    killedBy: {
      file: TESTS,
      test: "Network sends to http://127.0.0.1:8080/x directly, by a client of the request's own",
    },
  },
  {
    bug: "the token is sent to this machine without TLS, although the address is https",
    file: FILE,
    text: 'url.protocol !== "http:" || ',
    replacement: "",
    killedBy: { file: TESTS, test: "Network sends to https://localhost/ as the runtime does" },
  },
  {
    bug: "the client of a direct request stays open",
    file: FILE,
    text: "      client.close();\n",
    replacement: "",
    killedBy: { file: TESTS, test: "Network closes the client of a direct request that fails" },
  },
];
