/** The headers of every request to GitHub's REST API. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  "accept": "application/vnd.github+json",
  "user-agent": "multicluster-leader-election",
  "x-github-api-version": "2022-11-28",
};
