import assert from "node:assert/strict";
import { concatBytes, decodeText, encodeText } from "../../../../gist/git/objects/bytes.ts";
import { GitFormatError } from "../../../../gist/git/objects/errors.ts";
import { encodePktLines, FLUSH } from "../../../../gist/git/wire/pkt_line.ts";
import {
  encodeReceivePackRequest,
  parseReceivePackAnswer,
} from "../../../../gist/git/wire/receive_pack.ts";
import { defaultBranch, parseRefAdvertisement } from "../../../../gist/git/wire/refs.ts";
import {
  encodeUploadPackRequest,
  parseUploadPackAnswer,
} from "../../../../gist/git/wire/upload_pack.ts";
import { advertisement, pushAnswer, uploadAnswer } from "../canned.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const MAIN = "refs/heads/main";

type Marker = { readonly marker: "flush" | "delimiter" };

/** What a service advertises with these lines. */
function advertised(service: string, ...lines: (string | Marker)[]) {
  return encodePktLines([`# service=${service}\n`, FLUSH, ...lines]);
}

function branchOf(...lines: string[]) {
  const body = advertised("git-upload-pack", ...lines, FLUSH);
  return defaultBranch(parseRefAdvertisement(body, "git-upload-pack"));
}

function bands(...lines: [number, string | Uint8Array][]) {
  return lines.map(([band, payload]) =>
    concatBytes([Uint8Array.of(band), typeof payload === "string" ? encodeText(payload) : payload])
  );
}

Deno.test("parseRefAdvertisement() reads refs and capabilities, and no peeled tags", () => {
  const body = advertised(
    "git-upload-pack",
    `${A} HEAD\0 shallow filter symref=HEAD:refs/heads/main agent=git/2\n`,
    `${A} refs/heads/main\n`,
    `${B} refs/tags/v1\n`,
    `${A} refs/tags/v1^{}`,
    FLUSH,
  );
  const { refs, capabilities } = parseRefAdvertisement(body, "git-upload-pack");
  assert.deepEqual([...refs], [["HEAD", A], [MAIN, A], ["refs/tags/v1", B]]);
  assert.deepEqual(
    [...capabilities],
    ["shallow", "filter", "symref=HEAD:refs/heads/main", "agent=git/2"],
  );
});

Deno.test("parseRefAdvertisement() refuses what is something else", () => {
  const service = "git-receive-pack";
  const invalid = (line: string) => advertised(service, line, FLUSH);
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /not start with its length/],
    ["a page", encodeText("<!DOCTYPE html>"), /not start with its length/],
    ["another service", advertisement(A), /does not come from git-receive-pack/],
    ["no line", encodePktLines([FLUSH]), /does not come from git-receive-pack/],
    ["a delimiter", advertised(service, { marker: "delimiter" }), /is truncated/],
    ["an error", invalid("ERR go \x1b[2Jaway\n"), /line "ERR go \\u\{1b\}\[2Jaway"/],
    ["version 2", invalid("version 2\n"), /the invalid line "version 2"/],
  ];
  for (const [name, body, message] of cases) {
    const expected = { name: "GitFormatError", message };
    assert.throws(() => parseRefAdvertisement(body, service), expected, name);
  }
  const refs = (count: number) =>
    Array.from({ length: count }, (_, index) => `${A} refs/heads/${index}\n`);
  assert.throws(() => branchOf(...refs(1_001)), /more than 1000/);
  assert.throws(() => branchOf(...refs(1_000)), /HEAD of the repository must name/);
  assert.throws(() => branchOf("x".repeat(61)), new RegExp(`invalid line "x{60}…"`));
  assert.throws(() => branchOf("x".repeat(60)), new RegExp(`invalid line "x{60}"$`));
});

Deno.test("defaultBranch() is the one that HEAD names", () => {
  assert.deepEqual(
    branchOf(
      `${A} HEAD\0symref=HEAD:refs/heads/master\n`,
      `${B} refs/heads/main\n`,
      `${A} refs/heads/master\n`,
    ),
    { ref: "refs/heads/master", head: A },
  );
});

Deno.test("defaultBranch() says what a person can repair", () => {
  const cases: [string, string[], RegExp][] = [
    ["empty", [`${"0".repeat(40)} capabilities^{}\0shallow\n`], /is empty; save a first file/],
    ["no lines", [], /is empty/],
    ["detached", [`${A} HEAD\0shallow\n`, `${A} ${MAIN}\n`], /branch, got a detached one/],
    ["missing", [`${A} ${MAIN}\0shallow\n`], /got a missing one/],
    ["dangling", [`${A} ${MAIN}\0symref=HEAD:refs/heads/x\n`], /got a missing one/],
    [
      "a tag as HEAD",
      [`${A} HEAD\0symref=HEAD:refs/tags/x\n`, `${A} refs/tags/x\n`],
      /got a detached one/,
    ],
    [
      "a ref that forges a command",
      [`${A} HEAD\0symref=HEAD:refs/heads/\x7f\n`, `${A} refs/heads/\x7f\n`],
      /got a detached one/,
    ],
    ["sha256", [`${A}${"0".repeat(24)} HEAD\0object-format=sha256\n`], /sha1, got sha256/],
    ["empty sha256", [`${"0".repeat(64)} capabilities^{}\0object-format=sha256\n`], /got sha256/],
  ];
  for (const [name, lines, message] of cases) {
    assert.throws(() => branchOf(...lines), message, name);
  }
});

Deno.test("encodeUploadPackRequest() wants one commit, and filters only if asked to", () => {
  assert.equal(
    decodeText(encodeUploadPackRequest({ want: A, depth: 1 })),
    `0079want ${A} side-band-64k ofs-delta no-progress agent=multicluster-leader-election\n` +
      "000ddeepen 1\n00000009done\n",
  );
  assert.match(
    decodeText(encodeUploadPackRequest({ want: A, depth: 50, blobLimit: 9 })),
    / no-progress filter agent=[^\n]+\n000edeepen 50\n0018filter blob:limit=9\n00000009done\n$/,
  );
});

Deno.test("parseUploadPackAnswer() takes the bands apart, wherever the history was cut", () => {
  const pack = encodeText("PACK".repeat(30));
  assert.deepEqual(parseUploadPackAnswer(uploadAnswer(pack)), pack);
  const shallow = encodePktLines([
    `shallow ${A}\n`,
    FLUSH,
    `ACK ${B}\n`,
    ...bands([1, "PA"], [2, "Counting"], [1, "CK"]),
    FLUSH,
  ]);
  assert.deepEqual(parseUploadPackAnswer(shallow), encodeText("PACK"));
});

Deno.test("parseUploadPackAnswer() passes on why there is no pack, escaped", () => {
  const nak = (...lines: [number, string][]) => encodePktLines(["NAK\n", ...bands(...lines)]);
  const cases: [string, Uint8Array, RegExp][] = [
    ["ERR", encodePktLines(["ERR upload-pack: not our ref\n"]), /"ERR upload-pack: not our ref"/],
    ["the third band", nak([3, "no\x1b[2J space\n"]), /the error "no\\u\{1b\}\[2J space"/],
    ["another band", nak([4, "x"]), /bands 1, 2 and 3/],
    ["no band", encodePktLines(["NAK\n", "", FLUSH]), /bands 1, 2 and 3/],
    ["a delimiter", encodePktLines([{ marker: "delimiter" }]), /got "delimiter"/],
    ["a bare pack", concatBytes([nak(), encodeText("PACK")]), /not start with its length/],
    ["no end", nak([1, "x"]), /not start with its length/],
  ];
  for (const [name, body, message] of cases) {
    assert.throws(() => parseUploadPackAnswer(body), { name: "GitFormatError", message }, name);
  }
});

Deno.test("encodeReceivePackRequest() is one command and the pack", () => {
  const pack = encodeText("PACK");
  assert.match(
    decodeText(encodeReceivePackRequest({ ref: MAIN, oldId: A, newId: B, pack })),
    /^00[0-9a-f]{2}a{40} b{40} refs\/heads\/main\0report-status side-band-64k agent=\S+0000PACK$/,
  );
});

Deno.test("parseReceivePackAnswer() says whether this ref moved", () => {
  const parsed = (lines: string[], message?: string) => {
    const { ok, reason, messages } = parseReceivePackAnswer(pushAnswer(lines, message), MAIN);
    return [ok, reason, messages];
  };
  assert.deepEqual(parsed(["unpack ok", `ok ${MAIN}`]), [true, "", ""]);
  assert.deepEqual(
    parsed(["unpack ok", `ng ${MAIN} failed to update ref`], "remote: no\n"),
    [false, "failed to update ref", "remote: no"],
  );
  assert.deepEqual(parsed(["unpack disk full", `ok ${MAIN}`]), [false, "unpack disk full", ""]);
});

Deno.test("parseReceivePackAnswer() refuses a report that says nothing of the ref", () => {
  const cases: Uint8Array[] = [
    new Uint8Array(),
    encodePktLines([FLUSH]),
    pushAnswer([]),
    pushAnswer(["unpack ok"]),
    pushAnswer(["unpack ok", "ok refs/heads/main2"]),
    pushAnswer(["unpack ok", "ng refs/heads/mainx no"]),
    pushAnswer([`ok ${MAIN}`, "unpack ok"]),
    pushAnswer(["hello", `ok ${MAIN}`]),
    encodePktLines([...bands([1, encodePktLines([FLUSH, `ok ${MAIN}\n`, FLUSH])]), FLUSH]),
    encodePktLines(["unpack ok\n", `ok ${MAIN}\n`, FLUSH]),
    encodePktLines([...bands([1, encodePktLines(["unpack ok\n", `ok ${MAIN}\n`])]), FLUSH]),
  ];
  for (const [index, body] of cases.entries()) {
    assert.throws(() => parseReceivePackAnswer(body, MAIN), GitFormatError, `case ${index}`);
  }
});
