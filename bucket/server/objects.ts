import { createHash } from "node:crypto";
import type { Dialect } from "../address.ts";
import { azureError, xmlError } from "./error_responses.ts";
import type { Quirks } from "./options.ts";
import type { ReceivedRequest, Target } from "./request.ts";

export interface ServedObject {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its ETag, without quotes. */
  readonly etag: string;
  /** Counts the writes of all objects; Google calls it a generation. */
  readonly generation: number;
  /** What a GET returns besides the content. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it was written, as a reading of the monotonic clock. */
  readonly writtenAt: number;
  /** Whether it is under an Azure lease. */
  readonly isLeased: boolean;
}

/** Whether the condition of a write holds, or how it is refused. */
export type Check = { readonly holds: true } | {
  readonly holds: false;
  readonly response: Response;
};

const HOLDS: Check = { holds: true };

/** A first generation, of the size that real ones have. */
const FIRST_GENERATION = 1_767_323_045_000_000;

/** Creates the object that a write makes. */
export function newObject(
  dialect: Dialect,
  body: Uint8Array,
  count: number,
  details: Pick<ServedObject, "headers" | "writtenAt">,
): ServedObject {
  const hash = createHash("md5").update(body).digest("hex");
  const generation = FIRST_GENERATION + count;
  return {
    body: new Uint8Array(body),
    // Azure's ETag is that of the write, others' is that of the content.
    etag: dialect === "azure" ? `0x8${generation.toString(16).toUpperCase()}` : hash,
    generation,
    isLeased: false,
    ...details,
  };
}

/** The headers that name the version of an object. */
export function versionHeaders(
  dialect: Dialect,
  { etag, generation }: ServedObject,
  { weakEtags = false }: Quirks,
): Record<string, string> {
  return {
    etag: `${weakEtags ? "W/" : ""}"${etag}"`,
    ...(dialect === "gcs" && { "x-goog-generation": String(generation) }),
  };
}

/** The response that there is no such object. */
export function notFound({ dialect }: Pick<Target, "dialect">, quirks: Quirks): Response {
  if (dialect === "azure") {
    return azureError(404, "BlobNotFound", "The specified blob does not exist.");
  }
  if (quirks.hidesMissing) return xmlError(403, "AccessDenied", "Access Denied");
  return xmlError(404, "NoSuchKey", "The specified key does not exist.");
}

export function checkCondition(
  { dialect }: Target,
  { headers }: ReceivedRequest,
  object: ServedObject | undefined,
  quirks: Quirks,
): Check {
  if (quirks.ignoresConditions) return HOLDS;
  switch (dialect) {
    case "s3":
      return checkS3(headers, object, quirks);
    case "gcs":
      return checkGcs(headers, object);
    case "azure":
      return checkAzure(headers, object);
  }
}

function checkS3(headers: Headers, object: ServedObject | undefined, quirks: Quirks): Check {
  const [match, none] = [headers.get("if-match"), headers.get("if-none-match")];
  if (quirks.knowsNoConditions && (match !== null || none !== null)) {
    return refuse(xmlError(501, "NotImplemented", "A header you provided is not implemented."));
  }
  const failed = () =>
    refuse(xmlError(412, "PreconditionFailed", "At least one of the pre-conditions did not hold"));
  if (none !== null && !quirks.isVersionedCeph && object) return failed();
  if (match === null) return HOLDS;
  if (!object) return refuse(xmlError(404, "NoSuchKey", "The specified key does not exist."));
  if (quirks.isVersionedCeph || (quirks.refusesQuotedEtags && match.startsWith('"'))) {
    return failed();
  }
  return match.replaceAll('"', "") === object.etag ? HOLDS : failed();
}

function checkGcs(headers: Headers, object: ServedObject | undefined): Check {
  const wanted = headers.get("x-goog-if-generation-match");
  if (wanted === null || wanted === String(object?.generation ?? 0)) return HOLDS;
  return refuse(xmlError(412, "PreconditionFailed", "A pre-condition did not hold."));
}

function checkAzure(headers: Headers, object: ServedObject | undefined): Check {
  const [match, none] = [headers.get("if-match"), headers.get("if-none-match")];
  if (none !== null && object) {
    return refuse(azureError(409, "BlobAlreadyExists", "The specified blob already exists."));
  }
  if (match !== null && match !== `"${object?.etag}"`) {
    return refuse(azureError(412, "ConditionNotMet", "The condition is not met."));
  }
  if (object?.isLeased) {
    return refuse(azureError(412, "LeaseIdMissing", "There is currently a lease on the blob."));
  }
  return HOLDS;
}

function refuse(response: Response): Check {
  return { holds: false, response };
}
