import { type Bytes, concatBytes } from "../../git/objects/bytes.ts";
import { GitFormatError } from "../../git/objects/errors.ts";
import { encodePack } from "../../git/objects/pack.ts";
import { encodePktLines, FLUSH, PktReader, pktText } from "../../git/wire/pkt_line.ts";
import { onBand } from "../../git/wire/side_band.ts";
import { refsOf } from "./refs.ts";
import { boundaryOf, isReachable, missingObjects, type Selection } from "./reachable.ts";
import type { Repository } from "../repository.ts";

/** The body of `POST git-upload-pack`. */
interface FetchRequest extends Omit<Selection, "haves"> {
  readonly capabilities: ReadonlySet<string>;
  /** The ids that the client has, and where it waits for a response. */
  readonly negotiation: readonly (string | "flush" | "done")[];
}

/**
 * Responds to `POST git-upload-pack`, in the stateless form: every request repeats what was negotiated before.
 *
 * @param staleBy By how many moves of the branch the response lags.
 * @throws {GitFormatError} If the request is malformed.
 */
export function answerFetch(repository: Repository, body: Uint8Array, staleBy: number): Bytes {
  const request = parseFetchRequest(body);
  const refs = refsOf(repository, staleBy);
  const unknown = request.wants.find((id) => !isReachable(repository, refs, id));
  if (unknown !== undefined) return encodePktLines([`ERR upload-pack: not our ref ${unknown}`]);
  const haves: string[] = [];
  const answer: Uint8Array[] = [encodeBoundary(repository, request)];
  const detailed = request.capabilities.has("multi_ack_detailed");
  for (const line of request.negotiation) {
    if (line === "done") {
      const selection = { ...request, haves };
      if (haves.length === 0) answer.push(encodePktLines(["NAK\n"]));
      else if (detailed) answer.push(encodePktLines([`ACK ${haves.at(-1)}\n`]));
      const pack = encodePack(missingObjects(repository, selection));
      answer.push(onBand(1, pack, request.capabilities.has("side-band-64k")));
    } else if (line === "flush") {
      if (haves.length === 0) answer.push(encodePktLines(["NAK\n"]));
      else if (detailed) answer.push(encodePktLines([`ACK ${haves.at(-1)} ready\n`, "NAK\n"]));
    } else if (repository.commit(line)) {
      haves.push(line);
      if (detailed) answer.push(encodePktLines([`ACK ${line} common\n`]));
      else if (haves.length === 1) answer.push(encodePktLines([`ACK ${line}\n`]));
    }
  }
  return concatBytes(answer);
}

function encodeBoundary(repository: Repository, request: FetchRequest): Bytes {
  if (request.depth === undefined) return encodePktLines([]);
  const { shallow, unshallow } = boundaryOf(repository, { ...request, haves: [] });
  return encodePktLines([
    ...shallow.map((id) => `shallow ${id}`),
    ...unshallow.map((id) => `unshallow ${id}`),
    FLUSH,
  ]);
}

function parseFetchRequest(body: Uint8Array): FetchRequest {
  const reader = new PktReader(body);
  const wants: string[] = [];
  const shallow = new Set<string>();
  let capabilities: ReadonlySet<string> | undefined;
  let depth: number | undefined;
  let blobLimit: number | undefined;
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    const [verb, value = "", ...offered] = typeof line === "string"
      ? [line]
      : pktText(line).split(" ");
    if (verb === "want") {
      wants.push(value);
      capabilities ??= new Set(offered);
    } else if (verb === "shallow") shallow.add(value);
    else if (verb === "deepen") depth = Number(value);
    else if (verb === "filter") blobLimit = parseFilter(value);
    else throw new GitFormatError(`the server does not support "${verb}"`);
  }
  const negotiation = parseNegotiation(reader);
  return { wants, shallow, capabilities: capabilities ?? new Set(), depth, blobLimit, negotiation };
}

function parseNegotiation(reader: PktReader): string[] {
  const lines: string[] = [];
  while (!reader.done) {
    const line = reader.next();
    const text = typeof line === "string" ? line : pktText(line);
    lines.push(text.startsWith("have ") ? text.slice("have ".length) : text);
  }
  return lines;
}

/** Returns the size from which a partial clone leaves out blobs, in bytes. */
function parseFilter(filter: string): number {
  if (filter === "blob:none") return 0;
  const [, digits, unit = ""] = /^blob:limit=(\d+)([kmg]?)$/.exec(filter) ?? [];
  if (digits === undefined) {
    throw new GitFormatError(`the server does not support the filter "${filter}"`);
  }
  return Number(digits) * 1_024 ** ["", "k", "m", "g"].indexOf(unit);
}
