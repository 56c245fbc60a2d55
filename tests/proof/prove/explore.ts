import { type Promised, type Violation, violationIn } from "../model/checks.ts";
import type { Design } from "../model/design.ts";
import { type Action, ACTION_KINDS, actionsOf } from "./actions.ts";
import { Encoder } from "./encode.ts";
import { type Landmark, missedBy } from "./landmarks.ts";
import type { Scope } from "./scope.ts";
import { makeSetting, type Setting } from "./setting.ts";
import type { World } from "./candidate.ts";
import { perform } from "./perform.ts";
import { firstWorld } from "./world.ts";
import { StateSet } from "./state_set.ts";

/** What came of an exploration. */
export interface Exploration {
  readonly scope: Scope;
  /** How many states there are, no two with the same future. */
  readonly states: number;
  /** How many transitions between them. */
  readonly transitions: number;
  /** The length of the longest of the shortest ways to a state. */
  readonly depth: number;
  /** How many terms started, over all transitions, by token. */
  readonly starts: readonly number[];
  /** How often each kind of action was taken. */
  readonly actions: ReadonlyMap<string, number>;
  /** What the scope must reach, and did not. */
  readonly unreached: readonly Landmark[];
  /** The shortest way to a broken promise. */
  readonly failure: Failure | undefined;
}

/** A way to a broken promise. */
export interface Failure {
  readonly violation: Violation;
  readonly actions: readonly Action[];
}

/**
 * Explores every world that can be reached in a scope, breadth first, or up to the first broken promise.
 *
 * @param only The only promise that is watched; all of them where it is left out.
 */
export function explore(scope: Scope, design: Design, only?: Promised): Exploration {
  return new Explorer(makeSetting(scope, design, only)).run();
}

class Explorer {
  readonly #setting: Setting;
  readonly #encoder: Encoder;
  readonly #states = new StateSet();
  readonly #starts: number[] = [];
  readonly #taken = new Uint32Array(ACTION_KINDS.length);
  #unreached: Landmark[];
  #transitions = 0;
  #depth = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#encoder = new Encoder(setting);
    this.#unreached = [...setting.scope.reaches];
  }

  run(): Exploration {
    let frontier: World[] = [];
    let failure: Failure | undefined;
    const first = firstWorld(this.#setting);
    this.#add(first, 0, 0);
    frontier.push(first);
    let origin = 0;
    for (; frontier.length > 0 && !failure; this.#depth++) {
      const next: World[] = [];
      for (const world of frontier) {
        failure = this.#expand(world, origin++, next);
        if (failure) break;
      }
      frontier = next;
    }
    return {
      scope: this.#setting.scope,
      states: this.#states.size,
      transitions: this.#transitions,
      depth: this.#depth,
      starts: this.#starts,
      actions: new Map(ACTION_KINDS.map((kind, index) => [kind, this.#taken[index] ?? 0])),
      unreached: this.#unreached,
      failure,
    };
  }

  #expand(world: World, origin: number, next: World[]): Failure | undefined {
    for (const action of actionsOf(this.#setting, world)) {
      this.#transitions++;
      const kind = ACTION_KINDS.indexOf(action.kind);
      this.#taken[kind] = (this.#taken[kind] ?? 0) + 1;
      const code = kind << 8 | action.who << 4 | action.which;
      try {
        const after = perform(this.#setting, world, action);
        if (after.highestStarted > world.highestStarted) {
          this.#starts[after.highestStarted] = (this.#starts[after.highestStarted] ?? 0) + 1;
        }
        if (this.#unreached.length > 0) {
          const passage = { setting: this.#setting, before: world, action, after };
          this.#unreached = missedBy(this.#unreached, passage);
        }
        if (this.#add(after, origin, code)) next.push(after);
      } catch (error) {
        const violation = violationIn(error);
        if (!violation) throw error;
        return { violation, actions: [...this.#wayTo(origin), action] };
      }
    }
    return undefined;
  }

  #add(world: World, origin: number, code: number): boolean {
    this.#encoder.encode(world);
    return this.#states.add(this.#encoder.numbers, this.#encoder.length, origin, code);
  }

  #wayTo(state: number): Action[] {
    return this.#states.wayTo(state).map((code) => ({
      kind: ACTION_KINDS[code >> 8] ?? "time passes",
      who: code >> 4 & 15,
      which: code & 15,
    }));
  }
}
