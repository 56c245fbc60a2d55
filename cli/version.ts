/** The version of the program: that of `deno.json`, which a test compares. */
export const VERSION = "0.2.0";
