import { createHash } from "node:crypto";

/** What a list of contents is made from. */
export interface SbomSources {
  readonly version: string;
  /** The version of Deno that is compiled in. */
  readonly deno: string;
  /** When it is made, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** The modules of the program: their paths from the root of the project, and their contents. */
  readonly modules: readonly { readonly path: string; readonly content: Uint8Array }[];
}

/** What is in a binary, as SPDX 2.3: the program, its files, and the runtime. There are no other dependencies. */
export function sbomOf({ version, deno, time, modules }: SbomSources): object {
  const files = modules.map(({ path, content }, index) => ({
    SPDXID: `SPDXRef-File-${index}`,
    fileName: `./${path}`,
    checksums: ["SHA1", "SHA256"].map((algorithm) => ({
      algorithm,
      checksumValue: createHash(algorithm.toLowerCase()).update(content).digest("hex"),
    })),
  }));
  // As SPDX defines it: over the files' SHA-1, sorted.
  const sums = files.map(({ checksums }) => checksums[0]?.checksumValue ?? "").toSorted().join("");
  const packageVerificationCodeValue = createHash("sha1").update(sums).digest("hex");
  const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `elector-${version}`,
    documentNamespace: `https://jsr.io/@multicluster/leader-election/${version}/sbom/${digest}`,
    creationInfo: {
      created: `${new Date(time).toISOString().slice(0, 19)}Z`,
      creators: ["Tool: tests/release/main.ts"],
    },
    packages: [
      {
        ...packageOf("elector", version),
        licenseDeclared: "MIT",
        filesAnalyzed: true,
        packageVerificationCode: { packageVerificationCodeValue },
      },
      {
        ...packageOf("deno", deno),
        licenseDeclared: "MIT",
        supplier: "Organization: Deno Land Inc.",
      },
    ],
    files,
    relationships: [
      relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package-elector"),
      relation("SPDXRef-Package-elector", "DEPENDS_ON", "SPDXRef-Package-deno"),
      ...files.map(({ SPDXID }) => relation("SPDXRef-Package-elector", "CONTAINS", SPDXID)),
    ],
  };
}

function packageOf(name: string, version: string) {
  return {
    SPDXID: `SPDXRef-Package-${name}`,
    name,
    versionInfo: version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    copyrightText: "NOASSERTION",
  };
}

function relation(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}
