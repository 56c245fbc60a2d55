import type { Mutant } from "../mutant.ts";

const FAULTS_TEST = "tests/gist/server/faults_test.ts";

/** Bugs in the local gist server: one that does not show what it is there for makes other checks blind. */
export const GIST_SERVER: readonly Mutant[] = [
  {
    bug: "users lack most of their fields",
    file: "gist/server/rest/user_json.ts",
    text: "followers_url: `${url}/followers`,",
    replacement: "",
    killedBy: {
      file: "tests/gist/server/schema_test.ts",
      test: "every answer has the fields that GitHub's OpenAPI description requires",
    },
  },
  {
    bug: "a history that lags does not",
    file: "gist/server/rest/call.ts",
    text: "history: repository.head(historyStaleBy)",
    replacement: "history: repository.head(staleBy)",
    killedBy: {
      file: FAULTS_TEST,
      test: "historyBehind: the text is newer than the history, in every kind of answer",
    },
  },
  {
    bug: "the answer to a write is never of two instants",
    file: "gist/server/rest/writes.ts",
    text: "return json(200, gistAt(call, gist, shownBy(call, gist)));",
    replacement:
      "return json(200, gistAt(call, gist, shownBy({ ...call, staleBy: 0, historyStaleBy: 0 }, gist)));",
    killedBy: {
      file: FAULTS_TEST,
      test: "textBehind: the text is older than the history, in every kind of answer",
    },
  },
  {
    bug: "a revision is always there by its name",
    file: "gist/server/faults/replicas.ts",
    text: "if (!asksByName(request)) return await proceed();",
    replacement: "if (request.method !== undefined) return await proceed();",
    killedBy: {
      file: FAULTS_TEST,
      test: "notYet: a revision that was just shown is not there by its name, everything else is",
    },
  },
];
