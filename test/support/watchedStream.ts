/** A stream of batches that keeps what happens to it, in order. */
export class WatchedStream {
  readonly events: string[] = []
  opened = 0
  closed = 0

  constructor(
    readonly batches: readonly unknown[],
    readonly most = batches.length,
  ) {}

  async *[Symbol.asyncIterator]() {
    this.opened++
    try {
      for (let i = 0; i < this.most; i++) {
        this.events.push(`read ${i}`)
        yield this.batches[i % this.batches.length]
      }
    } finally {
      this.closed++
    }
  }
}
