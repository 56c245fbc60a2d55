import { type Mutant, mutantsOf } from "../mutant.ts";

const FAULTS = "tests/gist/server/faults_test.ts";
const SCHEMA = "tests/gist/server/schema_test.ts";

/** Bugs in `gist/server/`. */
export const GIST_SERVER: readonly Mutant[] = [
  ...mutantsOf("gist/server/faults/replicas.ts", [
    {
      bug: "a revision is always there by its name",
      text: "if (!asksByName(request)) return await proceed();",
      replacement: "if (request.method !== undefined) return await proceed();",
      killedBy: [
        FAULTS,
        "notYet: a revision that was just shown is not there by its name, everything else is",
      ],
    },
  ]),
  ...mutantsOf("gist/server/rest/call.ts", [
    {
      bug: "a history that lags does not",
      text: "history: repository.head(historyStaleBy)",
      replacement: "history: repository.head(staleBy)",
      killedBy: [
        FAULTS,
        "historyBehind: the text is newer than the history, in every kind of answer",
      ],
    },
  ]),
  ...mutantsOf("gist/server/rest/user_json.ts", [
    {
      bug: "users lack most of their fields",
      text: "followers_url: `${url}/followers`,",
      replacement: "",
      killedBy: [SCHEMA, "every answer has the fields that GitHub's OpenAPI description requires"],
    },
  ]),
  ...mutantsOf("gist/server/rest/writes.ts", [
    {
      bug: "the answer to a write is never of two instants",
      text: "return json(200, gistAt(call, gist, shownBy(call, gist)));",
      replacement:
        "return json(200, gistAt(call, gist, shownBy({ ...call, staleBy: 0, historyStaleBy: 0 }, gist)));",
      killedBy: [FAULTS, "textBehind: the text is older than the history, in every kind of answer"],
    },
  ]),
];
