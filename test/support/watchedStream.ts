/** A stream of batches that keeps what happens to it, in order. */
export class WatchedStream<Batch> {
  readonly events: string[] = []
  opened = 0
  closed = 0

  constructor(
    readonly batches: readonly Batch[],
    readonly most = batches.length,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    this.opened++
    try {
      for (let i = 0; i < this.most; i++) {
        this.events.push(`read ${i}`)
        yield this.batches[i % this.batches.length] as Batch
      }
    } finally {
      this.closed++
    }
  }
}
