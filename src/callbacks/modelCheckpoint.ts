// ModelCheckpoint: saves the model, or its weights, while it trains.

import { checkFinite, checkText, fail } from '../errors.ts'
import { checkSavable, modelFile, weightsArrays } from '../formats/saving.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import type { Logs } from '../training/output.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { type FilePieces, inOrder, whole } from '../util/filePieces.ts'
import { flag, nullable, required, type TableFor } from '../util/options.ts'
import { placeOf } from '../util/places.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { formatFixed } from '../util/pythonFormat.ts'
import { formatName } from './formatName.ts'
import { MonitorCallback, type MonitorOptions, monitorOptions } from './monitor.ts'
import { readArguments, saveFreq, verbose } from './options.ts'
import { say } from './say.ts'

/** What a checkpoint holds. */
export interface Checkpoint {
  /** A `.keras` file, or a `.weights.h5` with `saveWeightsOnly`. */
  readonly bytes: Uint8Array
  /** The epoch, counted from 1 as in names. */
  readonly epoch: number
  /** The batch of the epoch, counted from 1; null at the end of an epoch. */
  readonly batch: number | null
  /** The numbers of the epoch so far. */
  readonly logs: Logs
}

/** A function that stores checkpoints; training waits for it. */
export type CheckpointWriter = (checkpoint: Checkpoint) => unknown

export interface ModelCheckpointOptions extends MonitorOptions {
  /** 1 prints each saving; `0` by default. */
  readonly verbose?: 0 | 1 | boolean
  /**
   * Whether only models are saved that are better than those before, `false` by default. After epochs without validation, and after
   * batches, there is no number of the validation: the model is saved then, with a warning, as in Keras.
   */
  readonly saveBestOnly?: boolean
  /** Whether weights and the optimizer's state are saved alone, as `.weights.h5`; `false` by default. */
  readonly saveWeightsOnly?: boolean
  /** `'epoch'`, the default, saves after each epoch, a number after so many batches. */
  readonly saveFreq?: 'epoch' | number
  /** What the first saved model must be better than, with `saveBestOnly`; `null`, the default: nothing. */
  readonly initialValueThreshold?: number | null
}

interface AllOptions extends ModelCheckpointOptions {
  /** A path, in which `{epoch}` and the names of logs stand for their values, or a function that takes each checkpoint. */
  readonly filepath: string | CheckpointWriter
}

const options = {
  ...monitorOptions,
  filepath: required<string | CheckpointWriter>((where, name, value) =>
    typeof value === 'function' ? (value as CheckpointWriter) : checkText(where, name, value),
  ),
  verbose,
  saveBestOnly: flag(false),
  saveWeightsOnly: flag(false),
  saveFreq,
  initialValueThreshold: nullable(checkFinite),
} as const satisfies TableFor<AllOptions>

type Arguments = PlacedArguments<[filepath: string | CheckpointWriter], ModelCheckpointOptions, AllOptions>

const WHERE = 'ModelCheckpoint'

class ModelCheckpointCallback extends MonitorCallback {
  /** A path, in which `{epoch}` and the names of logs stand for their values, or a function that takes each checkpoint. */
  readonly filepath: string | CheckpointWriter
  /** 1 prints each saving; `0` by default. */
  readonly verbose: number
  /**
   * Whether only models are saved that are better than those before, `false` by default. After epochs without validation, and after
   * batches, there is no number of the validation: the model is saved then, with a warning, as in Keras.
   */
  readonly saveBestOnly: boolean
  /** Whether weights and the optimizer's state are saved alone, as `.weights.h5`; `false` by default. */
  readonly saveWeightsOnly: boolean
  /** `'epoch'`, the default, saves after each epoch, a number after so many batches. */
  readonly saveFreq: 'epoch' | number
  #epoch = 0
  /** Batches since the last saving. */
  #seen = 0

  constructor(...args: Arguments) {
    const config = readArguments(WHERE, options, ['filepath'], args)
    super(WHERE, { ...config, minDelta: 0 })
    this.filepath = config.filepath
    this.verbose = config.verbose
    this.saveBestOnly = config.saveBestOnly
    this.saveWeightsOnly = config.saveWeightsOnly
    this.saveFreq = config.saveFreq
    this.best = config.initialValueThreshold
    this.#checkEnding()
    // Only then: a hook of batches makes fit read the loss back after each.
    if (this.saveFreq !== 'epoch') this.onTrainBatchEnd = (batch, logs) => this.#afterBatch(batch, logs)
  }

  #checkEnding(): void {
    if (typeof this.filepath !== 'string') return
    const endings = this.saveWeightsOnly ? ['.weights.h5'] : ['.keras', '.h5']
    if (endings.some((ending) => String(this.filepath).endsWith(ending))) return
    fail(WHERE, {
      expected: `filepath to end in ${endings.join(' or ')}${this.saveWeightsOnly ? ' with saveWeightsOnly' : ''}`,
      got: `"${this.filepath}"`,
    })
  }

  /** What no file can have is said before the training, and not after its first epoch. */
  override async onTrainBegin(): Promise<void> {
    if (!this.saveWeightsOnly) await checkSavable(this.model, WHERE, this.#format)
  }

  get #format(): 'keras' | 'h5' {
    return String(this.filepath).endsWith('.h5') ? 'h5' : 'keras'
  }

  async #file(): Promise<FilePieces> {
    if (this.saveWeightsOnly) return inOrder(await weightsArrays(this.model))
    return modelFile(this.model, WHERE, { format: this.#format })
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch
  }

  override async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    if (this.saveFreq === 'epoch') await this.#save(epoch, null, logs)
  }

  async #afterBatch(batch: number, logs: Logs): Promise<void> {
    if (++this.#seen < Number(this.saveFreq)) return
    this.#seen = 0
    await this.#save(this.#epoch, batch, logs)
  }

  async #save(epoch: number, batch: number | null, logs: Logs): Promise<void> {
    const { filepath } = this
    const fields = {
      ...(batch === null ? {} : { batch: BigInt(batch + 1) }),
      ...logs,
      epoch: BigInt(epoch + 1),
    }
    const name = typeof filepath === 'string' ? formatName(WHERE, filepath, fields) : null
    if (!this.#isDue({ epoch, batch, logs }, name ?? 'a function')) return
    const file = await this.#file()
    if (typeof filepath === 'function') {
      const bytes = whole(file)
      await filepath({ bytes, epoch: epoch + 1, batch: batch === null ? null : batch + 1, logs: { ...logs } })
    } else if (name !== null) {
      const { place, path } = placeOf(WHERE, name)
      await place.write(path, file)
    }
    if (this.verbose > 0) say(`\nEpoch ${epoch + 1}: finished saving model to ${name ?? 'a function'}`)
  }

  /** Whether the model is to be saved, which is printed. */
  #isDue({ epoch, batch, logs }: Omit<Checkpoint, 'bytes'>, name: string): boolean {
    const tell = (what: string): void => {
      if (this.verbose > 0) say(`\nEpoch ${epoch + 1}: ${what}`)
    }
    if (!this.saveBestOnly) {
      tell(`saving model to ${name}`)
      return true
    }
    const value = this.monitored(batch === null ? epoch : null, logs, 'The model is saved as it is.')
    if (value === null) return true
    const before = this.best === null ? 'None' : formatFixed(this.best, 5)
    if (!this.isBetter(value, this.best)) {
      tell(`${this.monitor} did not improve from ${before}`)
      return false
    }
    tell(`${this.monitor} improved from ${before} to ${formatFixed(value, 5)}, saving model to ${name}`)
    this.best = value
    return true
  }
}

/**
 * Saves the model after each epoch, or after so many batches. The place is a path in Node, `'indexeddb://best.keras'` or
 * `'opfs://best.keras'` in a page, or a function that is given the bytes. Names may have fields: `'{epoch:02d}-{val_loss:.2f}.keras'`.
 * {@link loadCheckpoint} sets the weights again.
 *
 * ```ts
 * callbacks: [ModelCheckpoint('best.keras', { saveBestOnly: true })]
 * ```
 *
 * @see keras/src/callbacks/model_checkpoint.py
 */
export const ModelCheckpoint: CallableClass<Arguments, ModelCheckpointCallback> = callableClass(
  'ModelCheckpoint',
  ModelCheckpointCallback,
)
export type ModelCheckpoint = ModelCheckpointCallback
