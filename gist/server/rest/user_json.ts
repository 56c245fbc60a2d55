import { createHash } from "node:crypto";

/** Returns an account within another object: the schema `simple-user`. */
export function userJson(login: string, { origin }: { readonly origin: string }) {
  const url = `${origin}/users/${login}`;
  const id = userId(login);
  return {
    login,
    id,
    node_id: nodeId("User", id),
    avatar_url: `${origin}/avatars/u/${id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `${origin}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    site_admin: false,
    user_view_type: "public",
  };
}

/** Returns an account on its own: the schema `public-user`. */
export function wholeUserJson(login: string, options: { readonly origin: string }): unknown {
  return {
    ...userJson(login, options),
    name: null,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2008-01-14T04:33:35Z",
    updated_at: "2008-01-14T04:33:35Z",
  };
}

/** Returns an id for GraphQL, in the older form. */
export function nodeId(type: "Gist" | "User", id: string | number): string {
  return btoa(`0${type.length}:${type}${id}`);
}

/** Returns the number of an account, the same in every response. */
function userId(login: string): number {
  return createHash("sha256").update(login).digest().readUInt32BE(0);
}
