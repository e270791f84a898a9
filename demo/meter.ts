// How fast training goes. Only epochs count, not the pauses and predictions between them.

/** Milliseconds over which the speed is taken. */
const SPAN = 1000

export class Meter {
  /** Milliseconds of training. */
  elapsed = 0
  readonly #stepsPerEpoch: number
  #began = 0
  /** Durations of the latest epochs, the oldest first, and their sum. */
  readonly #recent: number[] = []
  #sum = 0

  constructor(stepsPerEpoch: number) {
    this.#stepsPerEpoch = stepsPerEpoch
  }

  get epochsPerSecond(): number {
    return this.#sum > 0 ? (1000 * this.#recent.length) / this.#sum : 0
  }

  get stepsPerSecond(): number {
    return this.epochsPerSecond * this.#stepsPerEpoch
  }

  begin(): void {
    this.#began = performance.now()
  }

  end(): void {
    const duration = performance.now() - this.#began
    this.elapsed += duration
    this.#sum += duration
    this.#recent.push(duration)
    while (this.#recent.length > 1 && this.#sum - (this.#recent[0] ?? 0) > SPAN) {
      this.#sum -= this.#recent.shift() ?? 0
    }
  }
}
