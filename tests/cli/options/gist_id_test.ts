import assert from "node:assert/strict";
import { parseGist } from "../../../cli/options/gist_id.ts";
import { readOptions } from "../../../cli/options/read.ts";

const ID = "0123456789abcdef0123456789abcdef";
const REVISION = "89abcdef0123456789abcdef0123456789abcdef";

for (
  const url of [
    `https://gist.github.com/octocat/${ID}`,
    `https://gist.github.com/octocat/${ID}/`,
    `https://gist.github.com/${ID}`,
    `https://gist.github.com/${ID}.git`,
    `https://gist.github.com/octocat/${ID}.git`,
    `https://gist.github.com/octocat/${ID}#file-leader-election-json`,
    `https://gist.github.com/octocat/${ID}?permalink_comment_id=1#gistcomment-1`,
    `https://gist.github.com/octocat/${ID}/${REVISION}`,
    `https://gist.github.com/octocat/${ID}/edit`,
    `https://gist.github.com/octocat/${ID}/revisions`,
    `https://gist.github.com/deadbeef/${ID}`,
    `https://gist.github.com/${ID.toUpperCase()}`,
    `HTTPS://gist.github.com/octocat/${ID}`,
    ` https://gist.github.com/octocat/${ID}\n`,
    `gist.github.com/octocat/${ID}`,
    `git@gist.github.com:${ID}.git`,
    `ssh://git@gist.github.com/${ID}.git`,
    `https://octocat:ghp_secret@gist.github.com/${ID}.git`,
    `https://api.github.com/gists/${ID}`,
    `https://api.github.com/gists/${ID}/${REVISION}`,
    `https://gist.github.com/${ID}/${REVISION}`,
    `https://gist.githubusercontent.com/octocat/${ID}/raw/${REVISION}/leader-election.json`,
    `https://github.example.com/gist/octocat/${ID}`,
    `https://github.example.com/api/v3/gists/${ID}`,
    `http://127.0.0.1:8080/${ID}.git`,
    `http://[::1]:8080/octocat/${ID}`,
  ]
) {
  Deno.test(`parseGist() takes ${url.trim()} for its id`, () => assert.equal(parseGist(url), ID));
}

Deno.test("parseGist() leaves an id as it is, and leaves what is wrong with it to the gist's rules", () => {
  for (const text of [ID, "abc", "nothex", " abc", ""]) assert.equal(parseGist(text), text);
});

Deno.test("parseGist() refuses the address of something else", () => {
  const others = [
    "https://gist.github.com/",
    "https://gist.github.com/octocat",
    "https://gist.github.com/octocat/starred",
    "https://github.com/octocat/hello-world",
    "https://",
    "../x",
    "a/../b",
    "x:y",
    "/",
    ":",
  ];
  for (const text of others) assert.equal(parseGist(text), undefined, text);
});

Deno.test("a gist's address is taken from the option and from the variable, and a wrong one is not quoted", () => {
  const url = `https://gist.github.com/octocat/${ID}#file-x`;
  assert.equal(readOptions(["gist"], [`--gist=${url}`], () => undefined).gist, ID);
  assert.equal(readOptions(["gist"], [], (name) => name === "GIST_ID" ? url : undefined).gist, ID);
  assert.throws(
    () =>
      readOptions(["gist"], ["--gist=https://a:ghp_secret@gist.github.com/me"], () => undefined),
    /^CommandError: --gist must be a gist's id of hexadecimal digits, or its address, .*, got something else$/,
  );
});
