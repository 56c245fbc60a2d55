/** Mutations that change nothing that a test could see, or nothing that is promised. */
export interface Equivalent {
  readonly file: string;
  /** The line that is changed, without the white space around it; a regular expression fits several. */
  readonly line: string | RegExp;
  /** What becomes of it, as the report shows it; every mutation of the line where it is left out. */
  readonly after?: string | RegExp;
  /** Why no test can tell. */
  readonly reason: string;
}

/** Each with its reason. One that fits no mutation any more is an error: the source has moved on. */
export const EQUIVALENT: readonly Equivalent[] = [];
