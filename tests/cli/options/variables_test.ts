import assert from "node:assert/strict";
import { OPTIONS } from "../../../cli/options/options.ts";
import { describeUnknown, unknownVariables } from "../../../cli/options/variables.ts";

Deno.test("unknownVariables() finds what was probably meant", () => {
  const cases: [string, string | undefined][] = [
    ["ELECTOR_LEASE_DURATON", "ELECTOR_LEASE_DURATION"],
    ["ELECTOR_LEASEDURATION", "ELECTOR_LEASE_DURATION"],
    ["ELECTOR_GRACE_PERIOD", "ELECTOR_GRACE"],
    ["ELECTOR_TOKENFILE", "ELECTOR_TOKEN_FILE"],
    ["ELECTOR_HTTP_ADDR", "ELECTOR_HTTP"],
    ["ELECTOR_IDENTIY", "ELECTOR_IDENTITY"],
    ["ELECTOR_identity", "ELECTOR_IDENTITY"],
    ["ELECTOR_GIST_ID", "GIST_ID"],
    ["ELECTOR_GIST", "GIST_ID"],
    ["ELECTOR_GITHUB_TOKEN", "GITHUB_TOKEN"],
    // A hook finds both; alone, it is a mistake.
    ["ELECTOR_TOKEN", "ELECTOR_TOKEN_FILE"],
    ["ELECTOR_XYZZY", undefined],
    ["ELECTOR_", undefined],
  ];
  for (const [name, meant] of cases) {
    assert.deepEqual(unknownVariables([name]), [{ name, meant }]);
  }
});

Deno.test("unknownVariables() knows each option's variable, a hook's, and those of Kubernetes", () => {
  const known = Object.values(OPTIONS).flatMap((option) => "env" in option ? option.env : []);
  const others = ["ELECTOR", "ELECTORAL_ROLL", "HOME", "ELECTOR_LEADER", "ELECTOR_TOKEN"];
  const service = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP"];
  assert.deepEqual(unknownVariables([...known, ...others]), []);
  assert.deepEqual(unknownVariables(service.map((name) => `ELECTOR_${name}`)), []);
  assert.deepEqual(
    unknownVariables(["ELECTOR_STATUS_SERVICE_HOST", "ELECTOR_PORT_80_TCP_ADDR"]),
    [],
  );
});

Deno.test("unknownVariables() names a few, sorted, and escapes them", () => {
  const many = Array.from({ length: 100 }, (_, index) => `ELECTOR_${99 - index}`);
  const found = unknownVariables(many);
  assert.deepEqual(found.map(({ name }) => name).slice(0, 2), ["ELECTOR_0", "ELECTOR_1"]);
  assert.ok(found.length < 10);
  assert.equal(
    describeUnknown({ name: "ELECTOR_\x1b[2J", meant: undefined }),
    "No option reads the variable ELECTOR_\\u{1b}[2J: see --help",
  );
  assert.match(
    describeUnknown({ name: "ELECTOR_X", meant: "ELECTOR_Y" }),
    /did you mean ELECTOR_Y\?$/,
  );
});
