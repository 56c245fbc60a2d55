/** What no world of an object can do: the contracts skip what asks for it. */
export class ObjectWorld implements AsyncDisposable {
  editOtherFile(): never {
    throw new Error("an object has no other files");
  }

  otherFile(): never {
    throw new Error("an object has no other files");
  }

  staleNextRead(): never {
    throw new Error("an object store never reads stale");
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
