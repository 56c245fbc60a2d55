import { decodeText } from "../../git/objects/bytes.ts";
import { RefusedRequest } from "./respond.ts";
import type { FileEdit } from "../site.ts";

/** The body of a POST or PATCH. `undefined` members stay as they are. */
interface GistEdit {
  readonly description: string | null | undefined;
  readonly public: boolean;
  readonly files: ReadonlyMap<string, FileEdit>;
}

/**
 * Parses the body of a POST or PATCH.
 *
 * @throws {RefusedRequest} As GitHub does: 400 if it is not a JSON object, 422 if it is invalid.
 */
export function readEdit(body: Uint8Array): GistEdit {
  const { description, files = {}, public: listed } = parseObject(body);
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw invalid("description", "invalid");
  }
  if (!isObject(files)) throw invalid("files", "invalid");
  return {
    description,
    // Old clients send a string.
    public: listed === true || listed === "true",
    files: new Map(Object.entries(files).map(([name, file]) => [name, readFile(name, file)])),
  };
}

/** Returns GitHub's error for a request with an invalid member. */
export function invalid(field: string, code: "invalid" | "missing_field"): RefusedRequest {
  const errors = [{ resource: "Gist", code, field }];
  return new RefusedRequest(422, "Validation Failed", { errors });
}

function readFile(name: string, file: unknown): FileEdit {
  if (file === null) return null;
  if (!isObject(file)) throw invalid("files", "invalid");
  const { content, filename = null } = file;
  if (content === "") throw invalid("files", "missing_field");
  if (content !== undefined && typeof content !== "string") throw invalid("files", "invalid");
  if (filename !== null && typeof filename !== "string") throw invalid("files", "invalid");
  if (![name, filename ?? name].every(isFileName)) throw invalid("files", "invalid");
  // An empty object deletes the file.
  return content === undefined && filename === null ? null : { content, filename };
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decodeText(body));
  } catch {
    throw new RefusedRequest(400, "Problems parsing JSON");
  }
  if (!isObject(value)) throw new RefusedRequest(400, "Body should be a JSON object");
  return value;
}

/** A gist is flat, and git does not allow the name `.git`. */
function isFileName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && name.toLowerCase() !== ".git" &&
    !/[/\0]/.test(name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
