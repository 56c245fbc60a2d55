import assert from "node:assert/strict";
import {
  EMPTY_RECORD,
  formatRecord,
  InvalidRecordError,
  type LeaderElectionRecord,
  MAX_LEADER_TRANSITIONS,
  MAX_LEASE_DURATION_SECONDS,
  MAX_RECORD_BYTES,
  parseRecord,
} from "../../lock/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5);

/** What client-go writes, byte for byte. */
const FROM_GO =
  '{"holderIdentity":"a","leaseDurationSeconds":60,"acquireTime":"2026-01-02T03:04:05Z",' +
  '"renewTime":"2026-01-02T03:04:05Z","leaderTransitions":0,"strategy":"","preferredHolder":""}';

const HELD: LeaderElectionRecord = {
  ...EMPTY_RECORD,
  holderIdentity: "a",
  leaseDurationSeconds: 60,
  acquireTime: TIME,
  renewTime: TIME,
};

/** What texts that are nearly records are made of. */
const PIECES = [
  ...'{}[]":, ',
  ...['"leaderTransitions":', '"holderIdentity":', '"base":', '"renewTime":', '"x":'],
  ...['"a"', "15", "15.0", "1e1", "1e999", "-0", "9007199254740993", "null", "true"],
  ...['"2026-02-30T00:00:00Z"', '"9999-12-31T23:59:59-23:59"', '"__proto__":', '"constructor":'],
  ...["\\u0000", "\\ud800", "\ud800"],
];

function refuses(name: string, text: string, message: RegExp): void {
  Deno.test(`parseRecord() refuses ${name}`, () => {
    assert.throws(() => parseRecord(text), (error: Error) => {
      assert.ok(error instanceof InvalidRecordError);
      assert.equal(error.code, "ERR_LOCK_INVALID_RECORD");
      assert.match(error.message, message);
      assert.ok(!/\p{Cc}/u.test(error.message), "no control characters in the message");
      assert.ok(error.message.length < 300, "the message is short");
      return true;
    });
  });
}

function reads(name: string, text: string, expected: Partial<LeaderElectionRecord>): void {
  Deno.test(`parseRecord() reads ${name}`, () => {
    assert.deepEqual(parseRecord(text), { ...EMPTY_RECORD, ...expected });
  });
}

Deno.test("case 22: formatRecord() writes what client-go writes, byte for byte", () => {
  assert.equal(formatRecord(HELD), FROM_GO);
});

Deno.test("case 22: formatRecord() writes null for no time, and every key of an empty record", () => {
  assert.equal(
    formatRecord(EMPTY_RECORD),
    '{"holderIdentity":"","leaseDurationSeconds":0,"acquireTime":null,"renewTime":null,' +
      '"leaderTransitions":0,"strategy":"","preferredHolder":""}',
  );
});

Deno.test("case 22: formatRecord() cuts times down to whole seconds", () => {
  const text = formatRecord({ ...HELD, acquireTime: TIME + 999, renewTime: TIME + 1_000.5 });
  const { acquireTime, renewTime } = parseRecord(text);
  assert.equal(acquireTime, TIME);
  assert.equal(renewTime, TIME + 1_000);
});

Deno.test("case 22: a record survives being written and read, with all its keys", () => {
  const record: LeaderElectionRecord = {
    holderIdentity: '<b>&"\\ é😀',
    leaseDurationSeconds: MAX_LEASE_DURATION_SECONDS,
    acquireTime: TIME,
    renewTime: 0,
    leaderTransitions: MAX_LEADER_TRANSITIONS,
    strategy: "OldestEmulationVersion",
    preferredHolder: "b",
    session: "0123456789abcdef0123456789abcdef",
    sequence: Number.MAX_SAFE_INTEGER,
    base: "abc",
    protocol: "rest",
  };
  assert.deepEqual(parseRecord(formatRecord(record)), record);
});

Deno.test("case 22: <>& inside strings survive, also as Go escapes them", () => {
  assert.equal(parseRecord('{"holderIdentity":"\\u003ca\\u003e\\u0026"}').holderIdentity, "<a>&");
});

Deno.test("parseRecord() gives a fresh object: the text can set no other key, nor a prototype", () => {
  const record = parseRecord('{"__proto__":{"polluted":1},"constructor":5,"evil":true}');
  assert.deepEqual(Object.keys(record), Object.keys(EMPTY_RECORD));
  assert.equal(Object.getPrototypeOf(record), Object.prototype);
  assert.equal((record as unknown as { polluted?: number }).polluted, undefined);
});

Deno.test("EMPTY_RECORD cannot be changed", () => {
  assert.ok(Object.isFrozen(EMPTY_RECORD));
});

reads("client-go's text", FROM_GO, HELD);
reads("an empty object as an empty record", "{}", {});
reads("unknown keys as nothing", '{"leaseTransitions":7,"x":{"leaderTransitions":9}}', {});
reads("null as zero", '{"holderIdentity":null,"leaseDurationSeconds":null,"renewTime":null}', {});
reads("keys in any case", '{"HOLDERIDENTITY":"a","LeaseDurationSeconds":5}', {
  holderIdentity: "a",
  leaseDurationSeconds: 5,
});
reads(
  "fractions of a second, cut off",
  '{"renewTime":"2026-01-02T03:04:05.999999Z"}',
  { renewTime: TIME },
);
reads("an offset", '{"renewTime":"2026-01-02T05:34:05+02:30"}', { renewTime: TIME });
reads("space around the object", ' \n{"leaderTransitions": 3}\n', { leaderTransitions: 3 });
reads("a leap day", '{"renewTime":"2024-02-29T00:00:00Z"}', { renewTime: Date.UTC(2024, 1, 29) });
reads("the highest transitions", `{"leaderTransitions":${MAX_LEADER_TRANSITIONS}}`, {
  leaderTransitions: MAX_LEADER_TRANSITIONS,
});

for (const value of ["null", '""', '"b"']) {
  refuses(
    `a key that is there twice, the second time ${value}, as Go may read the first`,
    `{"holderIdentity":"a","x":[{"y":1}],"holderI\\u0064entity":${value}}`,
    /^record must not name a key twice/,
  );
}
reads(
  "a key twice, but in another object or text",
  '{"x":[{"x":1}],"y":"\\\\\\"{x\\":","z":{}}',
  {},
);

const NUMBER = /^record\.leaderTransitions must be an integer from 0 to 2147483647, got/;
for (const value of ["15.0", '"15"', "1e1", "-1", "-0.5", "2147483648", "1e400", "true", "[]"]) {
  refuses(`${value} as a number`, `{"leaderTransitions":${value}}`, NUMBER);
}
refuses(
  "a lease beyond a day",
  '{"leaseDurationSeconds":86401}',
  /^record\.leaseDurationSeconds .* got 86401/,
);
refuses("a sequence beyond the safe integers", '{"sequence":9007199254740992}', /record\.sequence/);
for (const value of ["5", "true", "{}", "[]"]) {
  refuses(
    `${value} as a string`,
    `{"holderIdentity":${value}}`,
    /^record\.holderIdentity .*a string/,
  );
}
for (
  const value of [
    "5",
    '"yesterday"',
    '"2026-01-02"',
    '"2026-01-02 03:04:05Z"',
    '"2026-02-30T00:00:00Z"',
    '"2026-13-01T00:00:00Z"',
    '"2026-01-02T24:00:00Z"',
    '"2026-01-02T03:04:05"',
    '["2026-01-02T03:04:05Z"]',
    '""',
  ]
) {
  refuses(`${value} as a time`, `{"renewTime":${value}}`, /^record\.renewTime .*RFC 3339/);
}
for (const text of ["[]", "5", '"a"', "null", "true"]) {
  refuses(`the JSON text ${text}`, text, /must be a JSON object/);
}
refuses("an empty text", "", /must be JSON, got an empty text/);
refuses("a text of white space", " \n", /must be JSON, got an empty text/);
refuses("a truncated text", FROM_GO.slice(0, -1), /must be JSON/);
refuses("a text with something after the object", `${FROM_GO}x`, /must be JSON/);
refuses("a terminal's control sequences", '"\u001b[2J\u202e"', /\\u\{1b\}/);
refuses("a key with control characters", '{"Sess\\u0131on\u001b":5', /must be JSON/);
refuses(
  "a text that is too long",
  `"${"é".repeat(MAX_RECORD_BYTES / 2)}"`,
  /65536 bytes long, got 65538/,
);

Deno.test("parseRecord() reads a text of exactly the greatest length, in bytes", () => {
  const shell = '{"holderIdentity":""}';
  const text = `{"holderIdentity":"${"x".repeat(MAX_RECORD_BYTES - shell.length)}"}`;
  assert.equal(parseRecord(text).holderIdentity.length, MAX_RECORD_BYTES - shell.length);
  assert.throws(() => parseRecord(`${text} `), InvalidRecordError);
});

for (
  const [text, floor] of [
    ['{"leaderTransitions":41,"holderIdentity":5}', 41],
    ['{"leaderTransitions": 41, "holderIde', 41],
    ['<<<<<<< HEAD\n"LeaderTransitions" : 7\n', 7],
    ['{"leaderTransitions":3,"leaderTransitions":57,"renewTime":1}', 57],
    ['{"leaderTransitions":57,"leaderTransitions":3,"renewTime":1}', 57],
    ['{"leaderTransitions":2147483647', 2_147_483_647],
    ['{"leaderTransitions":2147483648', undefined],
    ['{"leaderTransitions":99999999999}', undefined],
    ['{"leaderTransitions":999999999999999999999}', undefined],
    ['{"leaderTransitions":7,"leaderTransitions":99999999999}', 7],
    ['{"leaderTransitions":5e1,"x":1}', undefined],
    ['{"leaderTransitions":5E1,"x":1}', undefined],
    ['{"leaderTransitions":57.5}', undefined],
    ['{"leaderTransitions":-57}', undefined],
    ["", undefined],
    ["hello", undefined],
    ['{"leaderTransitions":"x"}', undefined],
  ] as const
) {
  Deno.test(`InvalidRecordError.tokenFloor is ${floor} for ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseRecord(text), (error: InvalidRecordError) => {
      assert.equal(error.tokenFloor, floor);
      assert.equal(error.version, undefined);
      return true;
    });
  });
}

Deno.test("parseRecord() reads or refuses whatever it is given, and never fails otherwise", () => {
  const random = seededRandom(1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  let read = 0;
  for (let round = 0; round < 20_000; round++) {
    const pieces = Array.from({ length: Math.floor(random() * 14) }, () => pick(PIECES));
    const text = pick(["{", ""]) + pieces.join("") + pick(["}", ""]);
    try {
      formatRecord(parseRecord(text));
      read++;
    } catch (error) {
      assert.ok(error instanceof InvalidRecordError, `${JSON.stringify(text)}: ${error}`);
    }
  }
  assert.ok(read > 0, "some of them must be records");
});

for (
  const [name, text] of [
    ["lists", "[".repeat(65_000)],
    ["objects", '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)],
    ["lists in an unknown key", `{"a":${"[".repeat(32_000)}${"]".repeat(32_000)}}`],
  ] as const
) {
  Deno.test(`parseRecord() does not crash on ${name} within one another`, () => {
    let error: unknown;
    try {
      assert.deepEqual(parseRecord(text), EMPTY_RECORD);
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error === undefined || error instanceof InvalidRecordError, String(error));
  });
}

for (
  const [name, time, written] of [
    ["beyond the year 9999", Date.UTC(10_000, 0, 1), "9999-12-31T23:59:59Z"],
    ["that no calendar knows", Number.MAX_SAFE_INTEGER, "9999-12-31T23:59:59Z"],
    ["before 1970", -1, "1970-01-01T00:00:00Z"],
  ] as const
) {
  Deno.test(`formatRecord() writes a time ${name} as the nearest that can be read back`, () => {
    const text = formatRecord({ ...HELD, renewTime: time });
    assert.ok(text.includes(`"renewTime":"${written}"`), text);
    assert.equal(parseRecord(text).renewTime, Date.parse(written));
  });
}

Deno.test("formatRecord() writes the latest time that can be read", () => {
  const latest = parseRecord('{"renewTime":"9999-12-31T23:59:59-23:59"}');
  assert.equal(parseRecord(formatRecord(latest)).renewTime, Date.UTC(9999, 11, 31, 23, 59, 59));
});

Deno.test("parseRecord() neither crashes nor reads a record out of any truncation of one", () => {
  for (let length = 0; length < FROM_GO.length; length++) {
    assert.throws(() => parseRecord(FROM_GO.slice(0, length)), InvalidRecordError);
  }
});

const WITH = (keys: string) => `{"holderIdentity":"a",${keys}}`;

reads("the rank and a request", WITH('"rank":3,"requestedBy":"0a1b","requestedOn":"v1"'), {
  holderIdentity: "a",
  rank: 3,
  requestedBy: "0a1b",
  requestedOn: "v1",
});

reads(
  "the highest rank, and the shortest and longest names of a request",
  WITH(
    `"rank":9,"requestedBy":"a","requestedOn":"${"v".repeat(256)}"`,
  ),
  { holderIdentity: "a", rank: 9, requestedBy: "a", requestedOn: "v".repeat(256) },
);

for (const rank of ["-1", "10", "1.5", "1e0", "1e999", '"1"', "true", "null", "{}", "[]", "-0"]) {
  reads(`a rank of ${rank} as none, as it hides no lease`, WITH(`"rank":${rank}`), {
    holderIdentity: "a",
  });
}

for (const sender of ['""', "7", "null", "{}", `"${"x".repeat(257)}"`]) {
  const keys = `"requestedBy":${sender},"requestedOn":${sender}`;
  reads(`a request of ${sender.slice(0, 9)} as none`, WITH(keys), { holderIdentity: "a" });
}

Deno.test("formatRecord() writes rank and requestedBy after client-go's keys, where they are given", () => {
  const record = {
    ...HELD,
    session: "5",
    sequence: 1,
    rank: 0,
    requestedBy: "0a1b",
    requestedOn: "v1",
  };
  const text = formatRecord(record);
  assert.equal(
    text,
    FROM_GO.replace(
      "}",
      ',"session":"5","sequence":1,"rank":0,"requestedBy":"0a1b","requestedOn":"v1"}',
    ),
  );
  assert.deepEqual(parseRecord(text), record);
});
