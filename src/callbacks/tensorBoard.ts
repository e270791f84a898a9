// TensorBoard: event files of losses, metrics and weights, which TensorBoard shows.

import { checkPositiveInteger, checkText, describeValue, fail } from '../errors.ts'
import { kerasJson } from '../formats/keras/kerasJson.ts'
import { configOfLayer } from '../formats/layerConfigWriter.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import type { Logs } from '../training/output.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { inOrder } from '../util/filePieces.ts'
import { filesFor } from '../util/files.ts'
import { computed, flag, option, type TableFor, unsupported } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { Callback } from './callback.ts'
import { optimizerOf } from './learningRateScheduler.ts'
import { epochs, readArguments } from './options.ts'
import { histogram, kerasGraph, type SummaryValue, scalar, summaryEvent, versionEvent } from './tfEvents.ts'

export interface TensorBoardOptions {
  /** Weights' histograms are written every so many epochs; `0`, the default: never. */
  readonly histogramFreq?: number
  /** Whether the model's layers are written, `true` by default. */
  readonly writeGraph?: boolean
  /** Whether steps a second are written, `false` by default. */
  readonly writeStepsPerSecond?: boolean
  /** `'epoch'`, the default, `'batch'`, or a number: numbers of steps are written after every so many batches, too. */
  readonly updateFreq?: 'epoch' | 'batch' | number
}

interface AllOptions extends TensorBoardOptions {
  /** The folder, `'logs'` by default. */
  readonly logDir?: string
}

const options = {
  logDir: option('logs', checkText),
  histogramFreq: epochs(0),
  writeGraph: flag(true),
  writeImages: unsupported(false),
  writeStepsPerSecond: flag(false),
  updateFreq: computed<number | null, 'epoch' | 'batch' | number>((where, name, value) => {
    if (value === undefined || value === 'epoch') return null
    if (value === 'batch') return 1
    if (typeof value === 'number') return checkPositiveInteger(where, name, value)
    return fail(where, {
      expected: `${name} to be 'epoch', 'batch' or a number of batches`,
      got: describeValue(value),
    })
  }),
  profileBatch: unsupported(0),
  embeddingsFreq: unsupported(0),
  embeddingsMetadata: unsupported(null),
} as const satisfies TableFor<AllOptions>

type Arguments = PlacedArguments<[logDir?: string], TensorBoardOptions, AllOptions>

const now = (): number => Date.now() / 1000

/** An event file, which is begun by its first values. */
class EventFile {
  readonly #folder: string
  #path: string | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(step: number, values: readonly SummaryValue[]): Promise<void> {
    const files = filesFor('TensorBoard', this.#folder)
    if (this.#path === null) {
      const unique = `${Math.floor(now())}.recurra.${Math.random().toString(36).slice(2, 8)}`
      this.#path = `${this.#folder}/events.out.tfevents.${unique}.v2`
      await files.write(this.#path, inOrder([versionEvent(now())]))
    }
    await files.append(this.#path, summaryEvent(now(), step, values))
  }
}

class TensorBoardCallback extends Callback {
  /** The folder, `'logs'` by default. */
  readonly logDir: string
  /** Weights' histograms are written every so many epochs; `0`, the default: never. */
  readonly histogramFreq: number
  /** Whether the model's layers are written, `true` by default. */
  readonly writeGraph: boolean
  /** Whether steps a second are written, `false` by default. */
  readonly writeStepsPerSecond: boolean
  readonly #updateFreq: number | null
  #train: EventFile
  #validation: EventFile
  #batches = 0
  /** Where the epoch began: steps, and seconds. */
  #begun = { iterations: 0, seconds: 0 }

  constructor(...args: Arguments) {
    super()
    const config = readArguments('TensorBoard', options, ['logDir'], args)
    this.logDir = config.logDir
    this.histogramFreq = config.histogramFreq
    this.writeGraph = config.writeGraph
    this.writeStepsPerSecond = config.writeStepsPerSecond
    this.#updateFreq = config.updateFreq
    this.#train = new EventFile(`${this.logDir}/train`)
    this.#validation = new EventFile(`${this.logDir}/validation`)
    // Only then: a hook of batches makes fit read the loss back after each.
    if (this.#updateFreq !== null) this.onTrainBatchEnd = (_batch, logs) => this.#afterBatch(logs)
  }

  override async onTrainBegin(): Promise<void> {
    this.#batches = 0
    this.#train = new EventFile(`${this.logDir}/train`)
    this.#validation = new EventFile(`${this.logDir}/validation`)
    if (this.writeGraph)
      await this.#train.write(0, [kerasGraph('keras', kerasJson(configOfLayer(this.model)))])
  }

  override onEpochBegin(): void {
    this.#begun = { iterations: optimizerOf(this.model).steps, seconds: now() }
  }

  async #afterBatch(logs: Logs): Promise<void> {
    if (++this.#batches % Number(this.#updateFreq) !== 0) return
    await this.#train.write(
      this.#batches,
      scalars(logs, (name) => `batch_${name}`),
    )
  }

  override async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    const { iterations, learningRate } = optimizerOf(this.model)
    const of = (isWanted: (name: string) => boolean): Logs =>
      Object.fromEntries(Object.entries(logs).filter(([name]) => isWanted(name)))
    const isOfValidation = (name: string): boolean => name.startsWith('val_')
    const trained = { ...of((name) => !isOfValidation(name)), learning_rate: learningRate }
    const perSecond = (iterations - this.#begun.iterations) / (now() - this.#begun.seconds)
    const speed = this.writeStepsPerSecond ? { steps_per_second: perSecond } : {}
    await this.#train.write(
      epoch,
      scalars({ ...trained, ...speed }, (name) => `epoch_${name}`),
    )
    const validated = scalars(of(isOfValidation), (name) => `epoch_${name.slice('val_'.length)}`)
    if (validated.length > 0) await this.#validation.write(epoch, validated)
    if (this.histogramFreq > 0 && epoch % this.histogramFreq === 0) await this.#writeWeights(epoch)
  }

  override async onTestEnd(logs: Logs): Promise<void> {
    const { iterations } = optimizerOf(this.model)
    await this.#validation.write(
      iterations,
      scalars(logs, (name) => `evaluation_${name}_vs_iterations`),
    )
  }

  async #writeWeights(epoch: number): Promise<void> {
    const values = await this.model.getWeights()
    const summaries = this.model.weights.map(({ path }, i) =>
      histogram(`${path}/histogram`, values[i]?.data ?? new Float32Array()),
    )
    await this.#train.write(epoch, summaries)
  }
}

const scalars = (logs: Logs, nameOf: (name: string) => string): SummaryValue[] =>
  Object.entries(logs).map(([name, value]) => scalar(nameOf(name), value))

/**
 * Writes what TensorBoard shows, in Node: losses, metrics and the learning rate of each epoch, the model's layers, and histograms of
 * weights. `tensorboard --logdir logs` shows it.
 *
 * @see keras/src/callbacks/tensorboard.py
 */
export const TensorBoard: CallableClass<Arguments, TensorBoardCallback> = callableClass(
  'TensorBoard',
  TensorBoardCallback,
)
export type TensorBoard = TensorBoardCallback
