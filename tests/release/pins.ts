export interface UsedAction {
  /** Its repository, such as `actions/checkout`. */
  readonly repository: string;
  /** What it is pinned to. */
  readonly digest: string;
  /** The tag that its comment names. */
  readonly tag: string | undefined;
}

/** The actions that a workflow uses, but those of this repository. */
export function actionsOf(workflow: string): UsedAction[] {
  const uses = workflow.matchAll(/^\s*(?:-\s+)?uses:\s*([^\s#]+)\s*(?:#\s*(\S+))?/gm);
  return [...uses].flatMap(([, used = "", tag]) => {
    if (used.startsWith("./")) return [];
    const [path = "", digest = ""] = used.split("@");
    return [{ repository: path.split("/").slice(0, 2).join("/"), digest, tag }];
  });
}

/** What is wrong with a pin as it is written; `undefined` if nothing is. */
export function faultOfPin({ repository, digest, tag }: UsedAction): string | undefined {
  if (!/^[0-9a-f]{40}$/.test(digest)) {
    return `${repository} must be pinned to a commit's 40 digits, got ${digest}`;
  }
  return tag !== undefined && /^v\d+\.\d+\.\d+$/.test(tag)
    ? undefined
    : `${repository}@${digest} must name its tag in a comment, such as "# v1.2.3"`;
}

/**
 * What is wrong with a pin by what the repository says; `undefined` if nothing is.
 *
 * @param refs What `git ls-remote REPOSITORY refs/tags/TAG refs/tags/TAG^{}` prints.
 */
export function faultByRefs(
  { repository, digest, tag }: UsedAction,
  refs: string,
): string | undefined {
  const lines = refs.split("\n").map((line) => line.split("\t"));
  const of = (name: string) => lines.find(([, ref]) => ref === name)?.[0];
  const commit = of(`refs/tags/${tag}^{}`) ?? of(`refs/tags/${tag}`);
  return commit === digest
    ? undefined
    : `${repository}@${digest} must be ${tag}, which is ${commit ?? "not there"}`;
}
