import { decodeText } from "../../git/objects/bytes.ts";
import type { TreeEntry } from "../../git/objects/objects.ts";
import { changeStatus } from "./change_status.ts";
import type { Gist } from "../site.ts";
import { nodeId, userJson } from "./user_json.ts";

/** The API truncates the content of a file after so many bytes. */
const MAX_CONTENT_BYTES = 1_000_000;

interface JsonOptions {
  /** The server's address, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly historyLength: number;
}

const LANGUAGES: Readonly<Record<string, readonly [type: string, language: string]>> = {
  js: ["application/javascript", "JavaScript"],
  json: ["application/json", "JSON"],
  md: ["text/markdown", "Markdown"],
  ts: ["application/x-typescript", "TypeScript"],
  txt: ["text/plain", "Text"],
  yaml: ["text/x-yaml", "YAML"],
};

/** The revisions that a response shows. They differ if it mixes two instants. */
export interface Shown {
  readonly files: string | undefined;
  /** The newest revision of the history. */
  readonly history: string | undefined;
}

/** Returns a gist as the API represents it. */
export function gistJson(gist: Gist, shown: Shown, options: JsonOptions): unknown {
  const url = `${options.origin}/gists/${gist.id}`;
  const page = `${options.origin}/${gist.id}`;
  const entries = gist.repository.entries(shown.files);
  return {
    url,
    forks_url: `${url}/forks`,
    commits_url: `${url}/commits`,
    id: gist.id,
    node_id: nodeId("Gist", gist.id),
    git_pull_url: `${page}.git`,
    git_push_url: `${page}.git`,
    html_url: page,
    files: Object.fromEntries(entries.map((entry) => [entry.name, fileJson(gist, entry, options)])),
    public: gist.public,
    created_at: isoSeconds(gist.createdAt),
    updated_at: isoSeconds(gist.updatedAt),
    description: gist.description,
    comments: 0,
    user: null,
    comments_url: `${url}/comments`,
    owner: userJson(gist.owner, options),
    forks: [],
    history: historyJson(gist, shown.history, options),
    truncated: false,
  };
}

/** Returns a page of a gist's revisions, newest first. */
export function historyJson(
  gist: Gist,
  revision: string | undefined,
  { origin, historyLength }: JsonOptions,
  skip = 0,
): unknown[] {
  const { id, owner, repository } = gist;
  const versions = repository.history(revision).drop(skip).take(historyLength);
  return versions.map((version) => ({
    user: userJson(owner, { origin }),
    version,
    committed_at: isoSeconds(repository.time(version)),
    change_status: changeStatus(repository, version),
    url: `${origin}/gists/${id}/${version}`,
  })).toArray();
}

function fileJson(gist: Gist, { name, id }: TreeEntry, { origin }: JsonOptions): unknown {
  const body = gist.repository.body(id);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const [type, language] = Object.hasOwn(LANGUAGES, extension) ? LANGUAGES[extension] ?? [] : [];
  return {
    filename: name,
    type: type ?? "text/plain",
    language: language ?? null,
    raw_url: `${origin}/${gist.owner}/${gist.id}/raw/${id}/${encodeURIComponent(name)}`,
    size: body.length,
    truncated: body.length > MAX_CONTENT_BYTES,
    content: decodeText(body.subarray(0, MAX_CONTENT_BYTES)),
    encoding: "utf-8",
  };
}

function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}
