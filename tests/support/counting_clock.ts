import { FakeClock } from "../../lock/mod.ts";

/** A clock that counts who sleeps. */
export class CountingClock extends FakeClock {
  asleep = 0;
  override sleep(...parameters: Parameters<FakeClock["sleep"]>): Promise<void> {
    this.asleep++;
    return super.sleep(...parameters).finally(() => this.asleep--);
  }
}
