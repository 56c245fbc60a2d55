import assert from "node:assert/strict";
import { faultsOfRelease, notesOf, sectionOf } from "./changelog.ts";
import { actionsOf, faultByRefs, faultOfPin } from "./pins.ts";
import { sbomOf } from "./sbom.ts";

const ROOT = new URL("../../", import.meta.url);

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-02-03

### Added

- A thing, see [1.1.0].

## [1.1.0] - 2026-01-02

- An older thing.

[1.2.0]: https://example.com/1.2.0
[1.1.0]: https://example.com/1.1.0
`;

const RIGHT = { tag: "v1.2.0", version: "1.2.0", programVersion: "1.2.0", changelog: CHANGELOG };

Deno.test("sectionOf() is the text of one version, with its date", () => {
  assert.deepEqual(sectionOf(CHANGELOG, "1.2.0"), {
    date: "2026-02-03",
    text: "### Added\n\n- A thing, see [1.1.0].",
  });
  assert.deepEqual(sectionOf(CHANGELOG, "1.1.0"), {
    date: "2026-01-02",
    text: "- An older thing.",
  });
  assert.equal(sectionOf(CHANGELOG, "1.2"), undefined);
  assert.equal(sectionOf(CHANGELOG, "1x1.0"), undefined);
  assert.equal(sectionOf(CHANGELOG, "Unreleased")?.text, "");
});

const having = (text: string, instead: string) => ({ changelog: CHANGELOG.replace(text, instead) });

const WRONG: readonly (readonly [string, Partial<typeof RIGHT>, RegExp])[] = [
  ["a tag of another version", { tag: "v1.1.0" }, /^The tag must be v1\.2\.0 as in deno\.json/],
  ["a tag without its v", { tag: "1.2.0" }, /^The tag must be a version such as/],
  ["no tag", { tag: "" }, /^The tag must be a version such as/],
  ["a program of another version", { programVersion: "1.1.0" }, /^The version in cli\/version\.ts/],
  ["no section", having("[1.2.0] -", "[1.2.1] -"), /^No section for 1\.2/],
  ["no date", having(" - 2026-02-03", ""), /^No date/],
  ["a date that is none", having("02-03", "13-03"), /^No date/],
  ["an empty section", having("### Added\n\n- A thing, see [1.1.0].", ""), /^No text/],
  [
    "something unreleased",
    having("## [Unreleased]", "## [Unreleased]\n\n- A change."),
    /^The section Unreleased of CHANGELOG\.md must be empty/,
  ],
];

Deno.test("faultsOfRelease() finds nothing where tag, version and changelog agree", () => {
  assert.deepEqual(faultsOfRelease(RIGHT), []);
});

for (const [what, change, expected] of WRONG) {
  Deno.test(`faultsOfRelease() finds ${what}`, () => {
    assert.match(faultsOfRelease({ ...RIGHT, ...change }).join("\n"), expected);
  });
}

Deno.test("the notes of a release have the changelog's text, and say what Windows cannot do", () => {
  const notes = notesOf(CHANGELOG, "1.2.0", "Owner/Name");
  assert.match(notes, /^### Added\n\n- A thing/);
  assert.doesNotMatch(notes, /An older thing/);
  assert.match(notes, /On Windows, `elector run` refuses/);
  assert.match(
    notes,
    /gh attestation verify elector-v1\.2\.0-linux-x64\.tar\.gz --repo Owner\/Name/,
  );
  // A registry takes no capitals.
  assert.match(notes, /ghcr\.io\/owner\/name:1\.2\.0/);
});

const DIGEST = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
const ACTION = { repository: "actions/checkout", digest: DIGEST, tag: "v5.0.0" };

Deno.test("actionsOf() finds every action that a workflow uses", () => {
  const workflow = `
      - uses: actions/checkout@${DIGEST} # v5.0.0
      - name: x
        uses: owner/name/sub/folder@v1
      - uses: ./.github/actions/own
      - run: echo uses
`;
  assert.deepEqual(actionsOf(workflow), [
    ACTION,
    { repository: "owner/name", digest: "v1", tag: undefined },
  ]);
});

Deno.test("faultOfPin() wants a whole digest, and the tag that it stands for", () => {
  assert.equal(faultOfPin(ACTION), undefined);
  for (const digest of ["v5", "main", DIGEST.slice(1), DIGEST.toUpperCase(), ""]) {
    assert.match(faultOfPin({ ...ACTION, digest }) ?? "", /40 digits/, digest);
  }
  for (const tag of [undefined, "v5", "5.0.0"]) {
    assert.match(faultOfPin({ ...ACTION, tag }) ?? "", /must name its tag/);
  }
});

Deno.test("faultByRefs() finds a digest that is not the tag's, also where the tag is an object of its own", () => {
  const other = "f".repeat(40);
  assert.equal(faultByRefs(ACTION, `${DIGEST}\trefs/tags/v5.0.0\n`), undefined);
  const annotated = `${other}\trefs/tags/v5.0.0\n${DIGEST}\trefs/tags/v5.0.0^{}\n`;
  assert.equal(faultByRefs(ACTION, annotated), undefined);
  assert.match(
    faultByRefs(ACTION, `${other}\trefs/tags/v5.0.0\n`) ?? "",
    /must be v5\.0\.0, which is f/,
  );
  assert.match(faultByRefs(ACTION, "") ?? "", /which is not there/);
  const swapped = `${DIGEST}\trefs/tags/v5.0.0\n${other}\trefs/tags/v5.0.0^{}\n`;
  assert.match(faultByRefs(ACTION, swapped) ?? "", /which is f/);
});

Deno.test("every workflow pins its actions, and one action everywhere to the same", async () => {
  const pins = new Map<string, string>();
  const folder = new URL(".github/workflows/", ROOT);
  for await (const { name } of Deno.readDir(folder)) {
    for (const action of actionsOf(await Deno.readTextFile(new URL(name, folder)))) {
      assert.equal(faultOfPin(action), undefined, name);
      const pin = `${action.digest} ${action.tag}`;
      assert.equal(pins.get(action.repository) ?? pin, pin, action.repository);
      pins.set(action.repository, pin);
    }
  }
  assert.ok(pins.size >= 6);
});

Deno.test("the list of contents has every file once, with its sums, and nothing that varies but the time", () => {
  const modules = ["a.ts", "b.ts"].map((path) => ({
    path,
    content: new TextEncoder().encode(path),
  }));
  const sources = { version: "1.2.0", deno: "2.9.6", time: 0, modules };
  const sbom = sbomOf(sources) as {
    spdxVersion: string;
    creationInfo: { created: string };
    files: { SPDXID: string; fileName: string; checksums: { checksumValue: string }[] }[];
    packages: { SPDXID: string; versionInfo: string }[];
    relationships: Record<string, string>[];
  };
  assert.equal(sbom.spdxVersion, "SPDX-2.3");
  assert.equal(sbom.creationInfo.created, "1970-01-01T00:00:00Z");
  assert.deepEqual(sbom.files.map(({ fileName }) => fileName), ["./a.ts", "./b.ts"]);
  assert.deepEqual(sbom.files[0]?.checksums.map(({ checksumValue }) => checksumValue.length), [
    40,
    64,
  ]);
  assert.deepEqual(sbom.packages.map(({ versionInfo }) => versionInfo), ["1.2.0", "2.9.6"]);
  const ids = [
    "SPDXRef-DOCUMENT",
    ...[...sbom.files, ...sbom.packages].map(({ SPDXID }) => SPDXID),
  ];
  assert.equal(new Set(ids).size, ids.length);
  for (const { spdxElementId = "", relatedSpdxElement = "" } of sbom.relationships) {
    assert.ok(ids.includes(spdxElementId) && ids.includes(relatedSpdxElement));
  }
  assert.deepEqual(sbomOf(sources), sbom);
});

Deno.test("nothing is published before each system's binary has elected a leader", async () => {
  const text = await Deno.readTextFile(new URL(".github/workflows/release.yml", ROOT));
  const jobs = new Map(
    text.slice(text.indexOf("\njobs:")).split(/\n {2}(?=\w+:\n)/).slice(1).map((job) => {
      const [name = ""] = job.split(":");
      const [, needs = ""] = /\n {4}needs: \[?([^\]\n]*)/.exec(job) ?? [];
      return [name, { job, needs: needs.split(", ").filter((need) => need !== "") }] as const;
    }),
  );
  const before = (name: string): string[] =>
    (jobs.get(name)?.needs ?? []).flatMap((need) => [need, ...before(need)]);
  const publishing = [...jobs].filter(([, { job }]) =>
    /contents: write|packages: write|deno publish|id-token: write/.test(job)
  );
  assert.deepEqual(publishing.map(([name]) => name), ["attest", "image", "release", "jsr"]);
  for (const [name] of publishing) {
    assert.ok(before(name).includes("binaries") && before(name).includes("gate"), name);
  }
  const { job = "" } = jobs.get("binaries") ?? {};
  assert.match(job, /deno task compile/);
  assert.match(job, /main\.ts elect "bin\/elector\$EXTENSION"/);
  for (const name of ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64"]) {
    assert.ok(job.includes(`name: ${name},`), name);
  }
  assert.match(jobs.get("gate")?.job ?? "", /main\.ts check "\$GITHUB_REF_NAME"/);
  assert.match(jobs.get("gate")?.job ?? "", /main\.ts pins/);
});

Deno.test("the release takes the Deno that the gate takes", async () => {
  const [, gate] = /deno@(\S+) task ok/.exec(await Deno.readTextFile(new URL(".ci/run", ROOT))) ??
    [];
  const text = await Deno.readTextFile(new URL(".github/workflows/release.yml", ROOT));
  assert.equal(/DENO_VERSION: (\S+)/.exec(text)?.[1], gate);
});
