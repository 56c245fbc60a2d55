import { isLoopback, Transport } from "../../store/kit.ts";
import {
  type Clock,
  escapeText,
  type Fetch,
  LockAccessError,
  LockError,
  LockUnavailableError,
} from "../../lock/mod.ts";
import { METADATA_HOSTS } from "../../lock/system.ts";
import type { WithEnvironment } from "../environment.ts";

/** What built-in providers of credentials need. */
export interface CredentialContext extends WithEnvironment {
  /** The clock that time-outs are counted with, and that expirations are compared with. */
  readonly clock: Clock;
  readonly fetch: Fetch;
}

interface SourceRequest {
  /** Names the service in errors, such as `the metadata service of EC2`. */
  readonly service: string;
  readonly url: string;
  /** By default POST with a form, else GET. */
  readonly method?: "PUT" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Texts that are sent and may appear in no error. */
  readonly secrets?: readonly string[] | undefined;
  /** Called with the date of the response, before what it says is looked at. */
  readonly onDate?: ((date: string | null) => void) | undefined;
}

/** The response of such a service. */
export interface SourceResponse {
  /** Names the service in errors. */
  readonly service: string;
  readonly text: string;
  readonly headers: Headers;
}

/** How long a request for credentials may take, in milliseconds. They are fetched off the path of the lease's renewal. */
const SOURCE_TIMEOUT = 5_000;

/**
 * Checks the address of a service that issues credentials.
 *
 * @param name The variable that it comes from.
 * @throws {LockAccessError} If it is neither https nor one of {@linkcode METADATA_HOSTS} or this machine.
 */
export function checkSourceUrl(name: string, url: string): string {
  const { protocol, hostname, username, password, href } = URL.canParse(url)
    ? new URL(url)
    : NO_URL;
  const isPlain = protocol === "http:" &&
    (METADATA_HOSTS.includes(hostname) || isLoopback(hostname));
  if ((protocol === "https:" || isPlain) && username === "" && password === "") return href;
  throw new LockAccessError(
    `${name} must be https, or http on this machine or a metadata service of the cloud, got "${
      escapeText(`${protocol}//${hostname}`, 80)
    }"`,
  );
}

const NO_URL = { protocol: "", hostname: "", username: "", password: "", href: "" };

/** Responses in the 4xx that pass: a time-out, Azure's metadata service during an update, and AWS STS under load. */
const PASSING =
  /^(?:408|410) |<Code>(?:Throttling\w*|RequestLimitExceeded|IDPCommunicationError)<\/Code>/;

/**
 * Asks a service for credentials.
 *
 * @throws {LockAccessError} If it refuses them.
 * @throws {LockUnavailableError} If it does not respond with a success for another reason.
 */
export async function askSource(
  { clock, fetch }: CredentialContext,
  { service, url, method, headers = {}, form, secrets = [], onDate }: SourceRequest,
): Promise<SourceResponse> {
  const transport = new Transport({
    fetch,
    clock,
    requestTimeout: SOURCE_TIMEOUT,
    secrets,
    hasLimitTexts: false,
  });
  try {
    const response = await transport.send({
      method: method ?? (form ? "POST" : "GET"),
      url,
      headers: {
        "user-agent": "multicluster-leader-election",
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    const { status } = response;
    const text = new TextDecoder().decode(response.body);
    onDate?.(response.headers.get("date"));
    if (status >= 200 && status <= 299) return { service, text, headers: response.headers };
    const said = transport.redact(sentenceOf(text));
    const quoted = said === "" ? "" : `, "${said}"`;
    const message = `Cannot get credentials from ${service}: status ${status}${quoted}`;
    const isRefusal = status >= 400 && status <= 499 && !PASSING.test(`${status} ${text}`);
    if (isRefusal) throw new LockAccessError(message, status);
    throw new LockUnavailableError(message);
  } catch (error) {
    if (error instanceof LockAccessError || !(error instanceof LockError)) throw error;
    // A limit of this service is none of the bucket's.
    throw new LockUnavailableError(`Cannot get credentials from ${service}: ${error.message}`, {
      cause: error,
    });
  }
}

/** What a response in JSON or XML says of an error. */
function sentenceOf(text: string): string {
  const value = parseObject(text);
  const said = value["error_description"] ?? value["message"] ?? value["Message"] ?? value["error"];
  if (typeof said === "string") return said;
  return /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? "";
}

/** Reads a JSON object; an empty one if it is anything else. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/** Returns the error of a response that holds no credentials. Its text is not quoted, as it may hold half of them. */
export function noCredentials({ service }: SourceResponse): LockUnavailableError {
  return new LockUnavailableError(
    `Cannot get credentials from ${service}: its response contains no credentials in a known form`,
  );
}

/** Returns a lifetime as the instant at which it ends, by our own clock. `undefined` if it is not a number. */
export function endOf(seconds: unknown, clock: Clock): Date | undefined {
  const number = typeof seconds === "string" && seconds.trim() !== "" ? Number(seconds) : seconds;
  return typeof number === "number" && Number.isFinite(number)
    ? new Date(clock.wall() + number * 1_000)
    : undefined;
}

/** Reads a file that holds a token, as Kubernetes puts it into a pod; it is replaced there from time to time. */
export async function readToken(
  context: CredentialContext,
  path: string,
  variable: string,
): Promise<string> {
  const token = (await readSourceFile(context, path, variable)).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new LockAccessError(`The file that ${variable} names must hold a token and nothing else`);
}

/**
 * Reads a file that a variable names.
 *
 * @throws {LockAccessError} If it cannot be read.
 */
export async function readSourceFile(
  { environment }: CredentialContext,
  path: string,
  variable: string,
): Promise<string> {
  try {
    return await environment.readFile(path);
  } catch (cause) {
    throw new LockAccessError(
      `Cannot read the file "${escapeText(path)}", which ${variable} names`,
      undefined,
      { cause },
    );
  }
}
