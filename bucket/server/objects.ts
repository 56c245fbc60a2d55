import { createHash } from "node:crypto";
import type { ReceivedRequest } from "../../store/server/mod.ts";
import type { Dialect } from "../address.ts";
import { azureError, xmlError } from "./error_responses.ts";
import type { Quirks } from "./options.ts";

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
export function notFound(dialect: Dialect, quirks: Quirks): Response {
  if (dialect === "azure") {
    return azureError(404, "BlobNotFound", "The specified blob does not exist.");
  }
  if (quirks.hidesMissing) return xmlError(403, "AccessDenied", "Access Denied");
  return xmlError(404, "NoSuchKey", "The specified key does not exist.");
}

/** Checks the condition of a write; returns the refusal, or `undefined` if it holds. */
export function refuseCondition(
  dialect: Dialect,
  { headers }: ReceivedRequest,
  object: ServedObject | undefined,
  quirks: Quirks,
): Response | undefined {
  if (quirks.ignoresConditions) return undefined;
  switch (dialect) {
    case "s3":
      return refuseS3(headers, object, quirks);
    case "gcs":
      return refuseGcs(headers, object);
    case "azure":
      return refuseAzure(headers, object);
  }
}

function refuseS3(
  headers: Headers,
  object: ServedObject | undefined,
  quirks: Quirks,
): Response | undefined {
  const [match, none] = [headers.get("if-match"), headers.get("if-none-match")];
  if (quirks.knowsNoConditions && (match !== null || none !== null)) {
    return xmlError(501, "NotImplemented", "A header you provided is not implemented.");
  }
  const said = "At least one of the pre-conditions did not hold";
  const failed = xmlError(412, "PreconditionFailed", said);
  if (none !== null && !quirks.isVersionedCeph && object) return failed;
  if (match === null) return undefined;
  if (!object) return notFound("s3", {});
  if (quirks.isVersionedCeph || (quirks.refusesQuotedEtags && match.startsWith('"'))) return failed;
  return match.replaceAll('"', "") === object.etag ? undefined : failed;
}

function refuseGcs(headers: Headers, object: ServedObject | undefined): Response | undefined {
  const wanted = headers.get("x-goog-if-generation-match");
  if (wanted === null || wanted === String(object?.generation ?? 0)) return undefined;
  return xmlError(412, "PreconditionFailed", "A pre-condition did not hold.");
}

function refuseAzure(headers: Headers, object: ServedObject | undefined): Response | undefined {
  const [match, none] = [headers.get("if-match"), headers.get("if-none-match")];
  if (none !== null && object) {
    return azureError(409, "BlobAlreadyExists", "The specified blob already exists.");
  }
  if (match !== null && match !== `"${object?.etag}"`) {
    return azureError(412, "ConditionNotMet", "The condition is not met.");
  }
  if (object?.isLeased) {
    return azureError(412, "LeaseIdMissing", "There is currently a lease on the blob.");
  }
  return undefined;
}
