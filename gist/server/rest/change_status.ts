import { decodeText } from "../../git/objects/bytes.ts";
import type { Repository } from "../repository.ts";

/** The number of lines that a revision changed, as in the API's `change_status`. */
interface ChangeStatus {
  readonly total: number;
  readonly additions: number;
  readonly deletions: number;
}

/** A revision never changes, and the newest ones are requested often. */
const known = new WeakMap<Repository, Map<string, ChangeStatus>>();

/** Counts the lines that a commit changed since its first parent. */
export function changeStatus(repository: Repository, commitId: string): ChangeStatus {
  const cache = known.get(repository) ?? new Map<string, ChangeStatus>();
  known.set(repository, cache);
  const status = cache.get(commitId) ?? compareWithParent(repository, commitId);
  cache.set(commitId, status);
  return status;
}

function compareWithParent(repository: Repository, commitId: string): ChangeStatus {
  const before = linesOf(repository, repository.commit(commitId)?.parents[0]);
  const after = linesOf(repository, commitId);
  const additions = countMissing(after, before);
  const deletions = countMissing(before, after);
  return { total: additions + deletions, additions, deletions };
}

/** Counts the occurrences of each line in each file. */
function linesOf(repository: Repository, commitId: string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, id } of repository.entries(commitId)) {
    const text = decodeText(repository.body(id));
    for (const line of text.replace(/\n$/, "").split("\n")) {
      const key = `${name}\n${line}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function countMissing(from: Map<string, number>, other: Map<string, number>): number {
  let missing = 0;
  for (const [line, count] of from) missing += Math.max(0, count - (other.get(line) ?? 0));
  return missing;
}
