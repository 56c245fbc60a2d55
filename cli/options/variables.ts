import { escapeText } from "../../lock/mod.ts";
import type { Option } from "./option.ts";
import { OPTIONS } from "./options.ts";
import { suggest } from "./read.ts";
import { TOKEN_VARIABLES } from "./token.ts";

const PREFIX = "ELECTOR_";

/** What `serve --on-change` sets for its command, which may run this program. */
const HOOK_VARIABLES: readonly string[] = ["ELECTOR_LEADER", "ELECTOR_TOKEN"];

/** What Kubernetes sets in each pod for a Service that is named `elector`. */
const OF_A_SERVICE = /^ELECTOR(?:_[A-Z0-9]+)*_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_\w+)?$/;

const MOST_NAMED = 5;

/** A variable that looks as if it were for this program, and is not. */
interface UnknownVariable {
  readonly name: string;
  readonly meant: string | undefined;
}

/** Finds the variables `ELECTOR_…` that no option reads, in the order of their names. */
export function unknownVariables(names: readonly string[]): UnknownVariable[] {
  const options: readonly Option<unknown>[] = Object.values(OPTIONS);
  const known = options.flatMap(({ env }) => env ?? []);
  // One of them alone is a mistake: ELECTOR_TOKEN, for an access token.
  const ofHook = HOOK_VARIABLES.every((name) => names.includes(name)) ? HOOK_VARIABLES : [];
  const unknown = names.filter((name) =>
    name.startsWith(PREFIX) && ![...known, ...ofHook].includes(name) &&
    !OF_A_SERVICE.test(name)
  );
  // The prefix, which all have in common, would make any two names look alike.
  const meanings = new Map(
    [...known, ...TOKEN_VARIABLES].map((name) => [withoutPrefix(name), name]),
  );
  return unknown.sort().slice(0, MOST_NAMED).map((name) => {
    const near = suggest(withoutPrefix(name).toUpperCase(), [...meanings.keys()]);
    return { name, meant: near === undefined ? undefined : meanings.get(near) };
  });
}

function withoutPrefix(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

/** Describes an unknown variable. Its value, which may be a secret, is not read. */
export function describeUnknown({ name, meant }: UnknownVariable): string {
  const hint = meant === undefined ? "see --help" : `did you mean ${meant}?`;
  return `No option reads the variable ${escapeText(name, 60)}: ${hint}`;
}

/** The names of the variables that are set; none without the permission to list them, such as in `deno task demo`. */
export function variableNames(): string[] {
  try {
    return Object.keys(Deno.env.toObject());
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}
