// One training of a problem's model: pause, resume, stop, and what there is to see meanwhile. Knows nothing of a page.

import type { LayersModel } from 'recurra'
import type { Problem, Task } from './problem.ts'

export type RunState = 'ready' | 'training' | 'paused' | 'done' | 'stopped'

export interface RunListener {
  onState(state: RunState): void
  onEpoch(): void
  onPredictions(): void
}

/** Predictions during training take at most this share of the time. */
const PREDICTING = 0.15

export class TrainingRun {
  readonly losses: number[] = []
  /** What the model predicts for `task.inputs`; before the first time, null. */
  predictions: readonly number[] | null = null
  /** Milliseconds of training, pauses left out. */
  elapsed = 0
  stepsPerSecond = 0
  readonly #stepsPerEpoch: number
  readonly #listener: RunListener
  #state: RunState = 'ready'
  #resume: (() => void) | null = null
  #nextPrediction = 0

  constructor(
    readonly problem: Problem,
    readonly task: Task,
    readonly model: LayersModel,
    listener: RunListener,
  ) {
    this.#stepsPerEpoch = Math.ceil((task.x.shape[0] ?? 0) / problem.batchSize)
    this.#listener = listener
  }

  get state(): RunState {
    return this.#state
  }

  get isActive(): boolean {
    return this.#state === 'training' || this.#state === 'paused'
  }

  /** Trains to the end, or until it is stopped. */
  async start(): Promise<void> {
    const { problem, task, model } = this
    this.#enter('training')
    const meter = new Meter(this.#stepsPerEpoch)
    await model.fit(task.x, task.y, {
      epochs: problem.epochs,
      batchSize: problem.batchSize,
      verbose: 0,
      callbacks: {
        onEpochEnd: async (_epoch, logs) => {
          this.losses.push(logs.loss ?? Number.NaN)
          meter.epochDone()
          this.elapsed = meter.elapsed
          this.stepsPerSecond = meter.stepsPerSecond
          this.#listener.onEpoch()
          await this.#predictIfDue()
          const waited = await this.#wait()
          meter.leaveOut(waited)
        },
      },
    })
    await this.#predict()
    this.#enter(this.losses.length === problem.epochs ? 'done' : 'stopped')
  }

  /** Holds training after the epoch under way. */
  pause(): void {
    if (this.#state === 'training') this.#enter('paused')
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#enter('training')
    this.#resume?.()
  }

  /** Ends training after the epoch under way. */
  stop(): void {
    if (!this.isActive) return
    this.model.stopTraining = true
    this.resume()
  }

  #enter(state: RunState): void {
    this.#state = state
    this.#listener.onState(state)
  }

  /** Holds the epoch's end while paused; returns for how many milliseconds. */
  async #wait(): Promise<number> {
    const since = performance.now()
    // What came before the pause is shown as it is.
    if (this.#state === 'paused') await this.#predict()
    while (this.#state === 'paused') {
      await new Promise<void>((resolve) => {
        this.#resume = resolve
      })
    }
    return performance.now() - since
  }

  async #predictIfDue(): Promise<void> {
    const began = performance.now()
    if (began < this.#nextPrediction) return
    await this.#predict()
    const now = performance.now()
    this.#nextPrediction = now + (now - began) / PREDICTING
  }

  async #predict(): Promise<void> {
    const outputs = await this.model.predictOnBatch(this.task.inputs)
    this.predictions = this.task.decode(outputs)
    this.#listener.onPredictions()
  }
}

/** Counts steps over time. */
class Meter {
  readonly #stepsPerEpoch: number
  #start = performance.now()
  /** Ends of the latest epochs, the oldest first. */
  #ends: number[] = [this.#start]

  constructor(stepsPerEpoch: number) {
    this.#stepsPerEpoch = stepsPerEpoch
  }

  get elapsed(): number {
    return (this.#ends.at(-1) ?? this.#start) - this.#start
  }

  /** Over the last second, or the last epoch where that took longer. */
  get stepsPerSecond(): number {
    const first = this.#ends[0] ?? this.#start
    const seconds = ((this.#ends.at(-1) ?? first) - first) / 1000
    return seconds > 0 ? ((this.#ends.length - 1) * this.#stepsPerEpoch) / seconds : 0
  }

  epochDone(): void {
    const now = performance.now()
    this.#ends.push(now)
    while (this.#ends.length > 2 && now - (this.#ends[0] ?? now) > 1000) this.#ends.shift()
  }

  /** Time that was not training. */
  leaveOut(milliseconds: number): void {
    this.#start += milliseconds
    this.#ends = this.#ends.map((end) => end + milliseconds)
  }
}
