import { type Bytes, concatBytes, encodeText } from "../../git/objects/bytes.ts";
import { GitFormatError } from "../../git/objects/errors.ts";
import type { GitObject } from "../../git/objects/objects.ts";
import { parsePack } from "../../git/objects/pack.ts";
import { encodePktLines, FLUSH, PktReader, pktText } from "../../git/wire/pkt_line.ts";
import { onBand } from "../../git/wire/side_band.ts";
import { NO_OBJECT } from "./refs.ts";
import { checkPushed, type PushRefusal } from "./pushed.ts";
import type { Repository } from "../repository.ts";

interface Command {
  readonly oldId: string;
  readonly newId: string;
  readonly ref: string;
}

/** The body of `POST git-receive-pack`. */
interface PushRequest {
  readonly commands: readonly Command[];
  readonly capabilities: ReadonlySet<string>;
  /** The objects that the server may lack; may be empty. */
  readonly pack: Uint8Array;
}

/** @throws {GitFormatError} If the body is malformed. */
export function parsePushRequest(body: Uint8Array): PushRequest {
  const reader = new PktReader(body);
  const commands: Command[] = [];
  let capabilities: ReadonlySet<string> | undefined;
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    const [text = "", offered = ""] = typeof line === "string" ? [] : pktText(line).split("\0");
    // A shallow clone first says where its history ends. Ignored, as missing objects are found below.
    if (text.startsWith("shallow ")) continue;
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)$/.exec(text);
    if (!match) throw new GitFormatError("the request has an invalid command");
    commands.push({ oldId: match[1] ?? "", newId: match[2] ?? "", ref: match[3] ?? "" });
    capabilities ??= new Set(offered.split(" "));
  }
  return { commands, capabilities: capabilities ?? new Set(), pack: reader.rest };
}

/** Moves each ref that is where the client says. Returns the response, and whether any ref moved. */
export function answerPush(
  repository: Repository,
  { commands, capabilities, pack }: PushRequest,
): { answer: Bytes; moved: boolean } {
  const { objects, unpack } = unpackObjects(repository, pack);
  let moved = false;
  let messages = "";
  const report = commands.map((command) => {
    const refusal = unpack === "ok"
      ? moveRef(repository, command, objects)
      : { reason: "unpacker error", message: "" };
    moved ||= refusal === undefined;
    messages += refusal?.message ?? "";
    return refusal ? `ng ${command.ref} ${refusal.reason}\n` : `ok ${command.ref}\n`;
  });
  const multiplexed = capabilities.has("side-band-64k");
  const status = capabilities.has("report-status")
    ? encodePktLines([`unpack ${unpack}\n`, ...report, FLUSH])
    : encodePktLines([]);
  const answer = concatBytes([
    onBand(2, encodeText(messages), multiplexed, false),
    onBand(1, status, multiplexed),
  ]);
  return { answer, moved };
}

function unpackObjects(
  repository: Repository,
  pack: Uint8Array,
): { objects: ReadonlyMap<string, GitObject>; unpack: string } {
  if (pack.length === 0) return { objects: new Map(), unpack: "ok" };
  try {
    const base = (id: string) => repository.object(id);
    return { objects: parsePack(pack, { base, maxBytes: 256 * 1_048_576 }), unpack: "ok" };
  } catch (error) {
    if (!(error instanceof GitFormatError)) throw error;
    return { objects: new Map(), unpack: "index-pack abnormal exit" };
  }
}

function moveRef(
  repository: Repository,
  { ref, oldId, newId }: Command,
  objects: ReadonlyMap<string, GitObject>,
): PushRefusal | undefined {
  if (newId === NO_OBJECT) return { reason: "deletion prohibited", message: "" };
  if (
    !/^refs\/heads\/[^\0-\x20\x7f~^:?*[\\]+$/.test(ref) || /\.\.|\/\/|\/$|\.lock$|@\{/.test(ref)
  ) {
    return { reason: "funny refname", message: "" };
  }
  const refusal = checkPushed(repository, objects, newId);
  if (refusal) return refusal;
  for (const object of objects.values()) repository.add(object);
  const from = oldId === NO_OBJECT ? undefined : oldId;
  if (repository.moveRef(ref, from, newId)) return undefined;
  const at = repository.refs().find(([name]) => name === ref)?.[1] ?? NO_OBJECT;
  return {
    reason: "failed to update ref",
    message: `error: cannot lock ref '${ref}': is at ${at} but expected ${oldId}\n`,
  };
}
