/** What a response that is not a success means for a write. */
type Meaning =
  /** The condition did not hold. The write may have been made anyway: fetch resends. */
  | "refused"
  /** The write may have been made, or may yet. */
  | "unclear"
  /** Unclear, too, and the store asks for a pause. */
  | "busy"
  /** There is no object; the write was not made. */
  | "absent"
  /** The write was not made, and time does not help. */
  | "denied"
  /** The write was not made, and other credentials may help. */
  | "expired"
  /** The write was not made, as the clock that signed it is wrong. */
  | "skewed"
  /** The write was not made, as the store knows no conditions. */
  | "unsupported";

/** A meaning, and what the user can do about it. */
export interface Verdict {
  readonly meaning: Meaning;
  /** What is wrong and what to do, as a part of a sentence. */
  readonly advice?: string | undefined;
}

/** A response that is not a success. */
export interface Refusal {
  readonly status: number;
  /** The server's name for the error; `""` if it gave none. */
  readonly code: string;
  /** The server's own sentence; `""` if it gave none. */
  readonly message: string;
  /** Whether the body is empty. */
  readonly isEmpty: boolean;
}

/** The longest part of a body that an error is looked for in, in bytes. */
const LONGEST_ERROR = 16_384;

/** Reads what the server says of an error, in a header or in XML. */
export function readRefusal(
  { status, headers, body }: { status: number; headers: Headers; body: Uint8Array },
): Refusal {
  const text = new TextDecoder().decode(body.subarray(0, LONGEST_ERROR));
  const named = headers.get("x-ms-error-code") ?? /<Code>\s*([^<]*?)\s*<\/Code>/.exec(text)?.[1];
  const message = /<Message>\s*([^<]*?)\s*<\/Message>/.exec(text)?.[1] ?? "";
  return {
    status,
    code: named !== undefined && /^[\w.-]{1,100}$/.test(named) ? named : "",
    // Azure adds lines with the request's id and time.
    message: message.split("\n", 1)[0] ?? "",
    isEmpty: body.length === 0,
  };
}

/**
 * What statuses mean by themselves. A 501 without the store's own word for it may come from a proxy, and says nothing of the store.
 * A 409 is not a refusal: S3 responds so while another write of the object is under way.
 */
const STATUSES: ReadonlyMap<number, Meaning> = new Map([
  [401, "expired"],
  [403, "denied"],
  [412, "refused"],
  [503, "busy"],
]);

/** Returns what a response means, by the codes of its kind of bucket, and else by its status. */
export function verdictOf(
  { status, code, isEmpty }: Refusal,
  codes: ReadonlyMap<string, Verdict>,
): Verdict {
  const verdict = codes.get(code);
  if (verdict) return verdict;
  // A page that says 404 comes from a proxy, which knows nothing of the object.
  if (status === 404 && isEmpty) return { meaning: "absent" };
  return { meaning: STATUSES.get(status) ?? "unclear" };
}
