import type { Bytes } from "../../git/objects/bytes.ts";
import { encodePktLines, FLUSH } from "../../git/wire/pkt_line.ts";
import type { GitService } from "../../git/wire/refs.ts";
import type { Repository } from "../repository.ts";

/** The id that stands for the absence of an object. */
export const NO_OBJECT = "0".repeat(40);

const AGENT = "agent=git/local-gists";

const CAPABILITIES: Readonly<Record<GitService, readonly string[]>> = {
  "git-upload-pack": [
    "multi_ack_detailed",
    "side-band-64k",
    "ofs-delta",
    "shallow",
    "no-progress",
    "allow-tip-sha1-in-want",
    "allow-reachable-sha1-in-want",
    "filter",
  ],
  "git-receive-pack": ["report-status", "side-band-64k", "ofs-delta"],
};

/** Returns the refs of a repository, its branch as of `staleBy` moves ago. */
export function refsOf(repository: Repository, staleBy: number): [name: string, id: string][] {
  const head = repository.head(staleBy);
  return repository.refs().map(([name, id]) => [
    name,
    name === repository.branch ? head ?? id : id,
  ]);
}

/** Encodes the response to `GET info/refs?service=…`. */
export function encodeAdvertisement(
  service: GitService,
  repository: Repository,
  staleBy: number,
): Bytes {
  const refs = refsOf(repository, staleBy);
  const head = refs.find(([name]) => name === repository.branch)?.[1];
  const symref = head === undefined ? [] : [`symref=HEAD:${repository.branch}`];
  const listed = service === "git-upload-pack" && head !== undefined
    ? [["HEAD", head] as const, ...refs]
    : refs;
  const [first, ...others] = listed.length > 0 ? listed : [["capabilities^{}", NO_OBJECT] as const];
  const capabilities = [
    ...CAPABILITIES[service],
    ...(service === "git-upload-pack" ? symref : []),
    "object-format=sha1",
    AGENT,
  ].join(" ");
  return encodePktLines([
    `# service=${service}\n`,
    FLUSH,
    ...(first ? [`${first[1]} ${first[0]}\0${capabilities}\n`] : []),
    ...others.map(([name, id]) => `${id} ${name}\n`),
    FLUSH,
  ]);
}
