/** What a release is made from. */
export interface ReleaseSources {
  /** The tag, such as `v0.2.0`. */
  readonly tag: string;
  /** The version in `deno.json`. */
  readonly version: string;
  /** The version that the program prints. */
  readonly programVersion: string;
  /** The text of `CHANGELOG.md`. */
  readonly changelog: string;
}

/** What the changelog says about a version: the date in its heading, and the text below it; `undefined` if there is none. */
export function sectionOf(
  changelog: string,
  version: string,
): { readonly date: string | undefined; readonly text: string } | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) return undefined;
  const [heading = "", ...lines] = section.split("\n");
  const [, date] = /^\[[^\]]*\] - (\d{4}-\d{2}-\d{2})\s*$/.exec(heading) ?? [];
  return { date, text: lines.join("\n").replaceAll(/^\[[^\]]+\]: .*$/gm, "").trim() };
}

/** What keeps these sources from being released, in sentences; empty if nothing does. */
export function faultsOfRelease(
  { tag, version, programVersion, changelog }: ReleaseSources,
): string[] {
  const faults: string[] = [];
  if (!/^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(tag)) {
    faults.push(`The tag must be a version such as v1.2.3, got ${tag}`);
  }
  if (tag !== `v${version}`) faults.push(`The tag must be v${version} as in deno.json, got ${tag}`);
  if (programVersion !== version) {
    faults.push(`The version in cli/version.ts must be ${version}, got ${programVersion}`);
  }
  const section = sectionOf(changelog, version);
  if (!section) return [...faults, `No section for ${version} in CHANGELOG.md: add one`];
  if (section.date === undefined || Number.isNaN(Date.parse(section.date))) {
    faults.push(
      `No date in the section for ${version} of CHANGELOG.md: write "## [${version}] - YYYY-MM-DD"`,
    );
  }
  if (section.text === "") {
    faults.push(`No text in the section for ${version} of CHANGELOG.md: add it`);
  }
  const unreleased = sectionOf(changelog, "Unreleased")?.text ?? "";
  if (unreleased !== "") {
    faults.push(
      `The section Unreleased of CHANGELOG.md must be empty: move its text to ${version}`,
    );
  }
  return faults;
}

/** The notes of a release: the changelog's section, and how to check what was downloaded. */
export function notesOf(changelog: string, version: string, repository: string): string {
  return `${sectionOf(changelog, version)?.text ?? ""}

## The files

Binaries for Linux and macOS (x64 and arm64) and for Windows (x64). Each of them has printed its version
and elected a leader on its own system before this release was published.

On Windows, \`elector run\` refuses to run a command, as Windows has no process groups that it could end
with it. Use \`elector serve\` there.

Check what you have downloaded:

\`\`\`sh
sha256sum --check --ignore-missing SHA256SUMS
gh attestation verify elector-v${version}-linux-x64.tar.gz --repo ${repository}
\`\`\`

The image is \`ghcr.io/${repository.toLowerCase()}:${version}\`, the sidecar; \`gh attestation verify
oci://ghcr.io/${repository.toLowerCase()}:${version} --repo ${repository}\` checks it.
`;
}
