/** Why no response came, in plain words, by what runtimes say of it: Deno (hyper, rustls), Node (undici, OpenSSL) and Bun. */
const REASONS: readonly (readonly [said: RegExp, reason: string])[] = [
  [/\btunnel|proxy (?:auth|response)/i, "the proxy failed: check HTTPS_PROXY and NO_PROXY"],
  [
    /dns error|ENOTFOUND|EAI_|getaddrinfo|lookup address|name or service not known|nodename nor servname/i,
    "DNS lookup failed",
  ],
  [/connection ?refused|ECONNREFUSED|actively refused/i, "connection refused"],
  [
    /UnknownIssuer|CaUsedAsEndEntity|self.signed|UNABLE_TO_(?:GET|VERIFY)|unable to (?:get|verify)|unknown.?ca\b/i,
    "unknown certificate authority: trust it with DENO_CERT or, in Node, NODE_EXTRA_CA_CERTS",
  ],
  [
    /NotValidForName|not valid for (?:any )?name|ALTNAME|altnames/i,
    "TLS failure: the certificate is for another name",
  ],
  [
    /certificate.*(?:expired|not.?yet.?valid|not valid yet)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID)/i,
    "TLS failure: the certificate is not valid at this time; check this machine's clock, too",
  ],
  [
    /certificate|\btls\b|\bssl|handshake|corrupt message|EPROTO|ERR_TLS|wrong version number/i,
    "TLS failure",
  ],
  [
    /ECONNRESET|EPIPE|connection ?reset|reset by peer|broken pipe|ConnectionClosed|closed (?:unexpectedly|before)|socket hang up|other side closed|UND_ERR_SOCKET|terminated|reading a body/i,
    "connection reset",
  ],
  [/ENETUNREACH|EHOSTUNREACH|unreachable|no route/i, "no route to it"],
  [/ETIMEDOUT|CONNECT_TIMEOUT|timed out/i, "connection timed out"],
  [/invalid HTTP|HPE_|parse error/i, "the response is not HTTP"],
];

/** Messages that say nothing where there is a cause. */
const EMPTY_MESSAGE = /^(?:fetch failed|failed to fetch|error sending request|load failed|)$/i;

/** The most errors that are looked at: a chain of causes may be a circle. */
const MOST_ERRORS = 10;

/**
 * Says why a request got no response: the reason in plain words, where it is known, then what the runtime said. Holds
 * nothing of an address but its host; secrets that are elsewhere are not removed.
 *
 * @param error What `fetch` rejected with.
 * @param host The host that was to be reached.
 */
export function describeNetworkFailure(error: unknown, host: string): string {
  const errors = flatten(error);
  const messages = errors.map(messageOf).filter((message, index, all) =>
    !EMPTY_MESSAGE.test(message) && all.indexOf(message) === index
  );
  if (errors.some((one) => nameOf(one) === "NotCapable")) {
    return `no network permission: run Deno with --allow-net=${host}`;
  }
  const said = messages.join(": ") || messageOf(error) || "fetch failed";
  const known = [...messages, ...errors.map(codeOf)].join(" ");
  const reason = REASONS.find(([pattern]) => pattern.test(known))?.[1];
  if (reason === undefined || said.toLowerCase() === reason.toLowerCase()) return said;
  return `${reason} (${said})`;
}

/** An error, its causes, and the errors that it joins; the outermost first. */
function flatten(error: unknown): unknown[] {
  const found: unknown[] = [error];
  for (let at = 0; at < found.length && found.length < MOST_ERRORS; at++) {
    const { cause, errors } = Object(found[at]);
    if (Array.isArray(errors)) found.push(...errors.slice(0, MOST_ERRORS));
    if (cause !== undefined) found.push(cause);
  }
  return found.slice(0, MOST_ERRORS);
}

function messageOf(error: unknown): string {
  const { message = "" } = Object(error);
  return withoutAddresses(typeof error === "string" ? error : String(message));
}

function codeOf(error: unknown): string {
  const { code } = Object(error);
  return typeof code === "string" ? code : "";
}

function nameOf(error: unknown): unknown {
  return Object(error).name;
}

/** The path of an address may hold what is secret, its beginning perhaps a password of a proxy. */
function withoutAddresses(text: string): string {
  return text
    .replace(/^error sending request (?:for url \(\S+\)|from \S+ for \S+(?: \(\S+\))?): /, "")
    .replaceAll(/\b([a-z][a-z\d+]*:\/\/)(?:[^\s/]*@)?([^\s/?#"'()<>]*)[^\s"'()<>]*/gi, "$1$2");
}
