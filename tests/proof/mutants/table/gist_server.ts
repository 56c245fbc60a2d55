import { type Mutant, mutantsOf } from "../mutant.ts";

const FAULTS = "tests/gist/server/faults_test.ts";

/** Bugs in `gist/server/`. */
export const GIST_SERVER: readonly Mutant[] = [
  ...mutantsOf("gist/server/faults/replicas.ts", FAULTS, [
    {
      bug: "a revision is always there by its name",
      text: "if (!asksByName(request)) return await proceed();",
      replacement: "if (request.method !== undefined) return await proceed();",
      killedBy:
        "notYet: a revision that was just shown is not there by its name, everything else is",
    },
  ]),
  ...mutantsOf("gist/server/rest/call.ts", FAULTS, [
    {
      bug: "a history that lags does not",
      text: "history: repository.head(historyStaleBy)",
      replacement: "history: repository.head(staleBy)",
      killedBy: "historyBehind: the text is newer than the history, in every kind of answer",
    },
  ]),
  ...mutantsOf("gist/server/rest/user_json.ts", "tests/gist/server/schema_test.ts", [
    {
      bug: "users lack most of their fields",
      text: "followers_url: `${url}/followers`,",
      replacement: "",
      killedBy: "every answer has the fields that GitHub's OpenAPI description requires",
    },
  ]),
  ...mutantsOf("gist/server/rest/writes.ts", FAULTS, [
    {
      bug: "the answer to a write is never of two instants",
      text: "return json(200, gistAt(call, gist, shownBy(call, gist)));",
      replacement:
        "return json(200, gistAt(call, gist, shownBy({ ...call, staleBy: 0, historyStaleBy: 0 }, gist)));",
      killedBy: "textBehind: the text is older than the history, in every kind of answer",
    },
  ]),
];
