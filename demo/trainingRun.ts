// One training of a problem's model: pause, resume, stop, and what there is to see meanwhile. Knows nothing of a page.

import { type CallbackHooks, type LayersModel, setSeed } from 'recurra'
import { fitOptions, predict } from './fitting.ts'
import { Meter } from './meter.ts'
import type { Problem, Task } from './problem.ts'

/** The model is compiled for the backend while `preparing`. */
export type RunState = 'ready' | 'preparing' | 'training' | 'paused' | 'done' | 'stopped'

export interface RunListener {
  onState(state: RunState): void
  onEpoch(): void
  /** Training waits for it. */
  onPredictions(): Promise<void>
}

/** Predictions during training take at most this share of the time. */
const PREDICTING = 0.15

export class TrainingRun {
  readonly losses: number[] = []
  /** What the model predicts for `task.inputs`; before the first time, null. */
  predictions: readonly number[] | null = null
  readonly meter: Meter
  readonly #listener: RunListener
  #state: RunState = 'ready'
  #isStopping = false
  #resume: (() => void) | null = null
  #nextPrediction = 0

  constructor(
    readonly problem: Problem,
    readonly task: Task,
    readonly model: LayersModel,
    listener: RunListener,
  ) {
    this.meter = new Meter(Math.ceil((task.x.shape[0] ?? 0) / problem.batchSize))
    this.#listener = listener
  }

  get state(): RunState {
    return this.#state
  }

  get isActive(): boolean {
    return this.#state === 'preparing' || this.#state === 'training' || this.#state === 'paused'
  }

  /** Trains to the end, or until it is stopped. */
  async start(): Promise<void> {
    const { problem, task, model } = this
    this.#enter('preparing')
    setSeed(problem.seed)
    const watch: CallbackHooks = {
      onEpochBegin: () => {
        if (this.#state === 'preparing') this.#enter('training')
        this.meter.begin()
      },
      onEpochEnd: async (_epoch, logs) => {
        this.meter.end()
        this.losses.push(logs.loss ?? Number.NaN)
        this.#listener.onEpoch()
        await this.#predictIfDue()
        await this.#holdWhilePaused()
        if (this.#isStopping) model.stopTraining = true
      },
    }
    await model.fit(task.x, task.y, {
      ...fitOptions(problem, model, watch),
      epochs: problem.epochs,
      verbose: 0,
    })
    await this.#predict()
    this.#enter(this.losses.length === problem.epochs ? 'done' : 'stopped')
  }

  /** Holds training after the epoch under way. */
  pause(): void {
    if (this.isActive) this.#enter('paused')
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#enter('training')
    this.#resume?.()
  }

  /** Ends training after the epoch under way. */
  stop(): void {
    if (!this.isActive) return
    this.#isStopping = true
    this.resume()
  }

  #enter(state: RunState): void {
    this.#state = state
    this.#listener.onState(state)
  }

  async #holdWhilePaused(): Promise<void> {
    if (this.#state !== 'paused') return
    // What came before the pause is shown as it is.
    await this.#predict()
    while (this.#state === 'paused') {
      await new Promise<void>((resolve) => {
        this.#resume = resolve
      })
    }
  }

  async #predictIfDue(): Promise<void> {
    const began = performance.now()
    if (began < this.#nextPrediction) return
    await this.#predict()
    const now = performance.now()
    this.#nextPrediction = now + (now - began) / PREDICTING
  }

  async #predict(): Promise<void> {
    const outputs = await predict(this.problem, this.model, this.task)
    this.predictions = this.task.decode(outputs)
    await this.#listener.onPredictions()
  }
}
