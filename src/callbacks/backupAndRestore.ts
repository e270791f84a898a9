// BackupAndRestore: a training that was interrupted goes on with the epoch it was in.

import { checkText, fail } from '../errors.ts'
import { restoreWeights, weightsArrays } from '../formats/saving.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { inOrder } from '../util/filePieces.ts'
import { flag, required, type TableFor } from '../util/options.ts'
import { placeOf } from '../util/places.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { Callback } from './callback.ts'
import { readArguments, saveFreq } from './options.ts'

export interface BackupAndRestoreOptions {
  /** `'epoch'`, the default, backs up after each epoch, a number after so many batches, too. */
  readonly saveFreq?: 'epoch' | number
  /** Whether the backup before the last is kept, too, for the case that the last is damaged; `false` by default. */
  readonly doubleCheckpoint?: boolean
  /** Whether the backup is removed when training is done, `true` by default. */
  readonly deleteCheckpoint?: boolean
}

interface AllOptions extends BackupAndRestoreOptions {
  /** The folder of the backup, a path, a place of the page, or a `Checkpoint`. */
  readonly backupDir: string
}

const options = {
  backupDir: required(checkText),
  saveFreq,
  doubleCheckpoint: flag(false),
  deleteCheckpoint: flag(true),
} as const satisfies TableFor<AllOptions>

type Arguments = PlacedArguments<[backupDir: string], BackupAndRestoreOptions, AllOptions>

const WHERE = 'BackupAndRestore'
/** A backup is one file, so that no interruption leaves half of one: the epoch to begin with, 8 bytes, and a `.weights.h5`. */
const HEAD_BYTES = 8

class BackupAndRestoreCallback extends Callback {
  /** The folder of the backup, a path, a place of the page, or a `Checkpoint`. */
  readonly backupDir: string
  /** `'epoch'`, the default, backs up after each epoch, a number after so many batches, too. */
  readonly saveFreq: 'epoch' | number
  /** Whether the backup before the last is kept, too, for the case that the last is damaged; `false` by default. */
  readonly doubleCheckpoint: boolean
  /** Whether the backup is removed when training is done, `true` by default. */
  readonly deleteCheckpoint: boolean
  #epoch = 0
  #seen = 0

  constructor(...args: Arguments) {
    super()
    const config = readArguments(WHERE, options, ['backupDir'], args)
    this.backupDir = config.backupDir
    this.saveFreq = config.saveFreq
    this.doubleCheckpoint = config.doubleCheckpoint
    this.deleteCheckpoint = config.deleteCheckpoint
    // Only then: a hook of batches makes fit read the loss back after each.
    if (this.saveFreq !== 'epoch') this.onTrainBatchEnd = () => this.#afterBatch()
  }

  override async onTrainBegin(): Promise<void> {
    const { place, path } = this.#place
    const last = await place.read(`${path}/latest`)
    const before = await place.read(`${path}/previous`)
    if (last === null && before === null) return
    try {
      if (last === null) throw new Error('there is none')
      await this.#restore(last)
    } catch (error) {
      if (before === null) throw error
      await this.#restore(before)
    }
  }

  async #restore(bytes: Uint8Array): Promise<void> {
    if (bytes.length < HEAD_BYTES)
      fail(WHERE, { expected: 'a backup', got: `a file of ${bytes.length} bytes` })
    const epoch = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES).getFloat64(0, true)
    await restoreWeights(this.model, bytes.slice(HEAD_BYTES), `${WHERE} "${this.backupDir}"`)
    this.model.graph.resumesAt = epoch
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.#epoch = epoch + 1
    if (this.saveFreq === 'epoch') await this.#save()
  }

  async #afterBatch(): Promise<void> {
    if (++this.#seen < Number(this.saveFreq)) return
    this.#seen = 0
    await this.#save()
  }

  async #save(): Promise<void> {
    const { place, path } = this.#place
    const head = new Uint8Array(HEAD_BYTES)
    new DataView(head.buffer).setFloat64(0, this.#epoch, true)
    const weights = await weightsArrays(this.model)
    const last = this.doubleCheckpoint ? await place.read(`${path}/latest`) : null
    if (last) await place.write(`${path}/previous`, inOrder([last]))
    await place.write(`${path}/latest`, inOrder([head, ...weights]))
  }

  override async onTrainEnd(): Promise<void> {
    if (!this.deleteCheckpoint) return
    const { place, path } = this.#place
    await place.remove(`${path}/latest`)
    await place.remove(`${path}/previous`)
  }

  get #place() {
    return placeOf(WHERE, this.backupDir)
  }
}

/**
 * Backs up weights, the optimizer's state and the epoch, and begins the next `fit` with them after an interruption. The place is a
 * folder in Node, or `'indexeddb://name'` or `'opfs://name'` in a page.
 *
 * @see keras/src/callbacks/backup_and_restore.py
 */
export const BackupAndRestore: CallableClass<Arguments, BackupAndRestoreCallback> = callableClass(
  'BackupAndRestore',
  BackupAndRestoreCallback,
)
export type BackupAndRestore = BackupAndRestoreCallback
