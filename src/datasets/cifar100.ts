// CIFAR-100: 60,000 photographs of 100 kinds of things in 20 groups, 10,000 of them to test on, of 32 × 32 pixels in colour.

import { oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { openCifar } from './cifar.ts'
import { type DatasetOptions, datasetOptionTable, type Loaded } from './options.ts'

export interface Cifar100Options extends DatasetOptions {
  /** `'fine'`, the default: kinds from 0 to 99; `'coarse'`: groups from 0 to 19. */
  readonly labelMode?: 'fine' | 'coarse'
}

const cifar100Table = {
  ...datasetOptionTable,
  labelMode: option<'fine' | 'coarse'>('fine', oneOf(['fine', 'coarse'])),
} as const satisfies TableFor<Cifar100Options>

/**
 * Loads images and their kinds: `const [[xTrain, yTrain], [xTest, yTest]] = await cifar100.loadData()`. The file has 161 MB, and the
 * tensors 740 MB.
 *
 * @returns Tensors [images, 32, 32, 3] of red, green and blue from 0 to 255, and [images, 1] of kinds or groups.
 * @throws {RecurraError} if the file cannot be read; in a page, too, if its server refuses it (CORS).
 * @see keras/src/datasets/cifar100.py
 */
export async function loadData(options?: Cifar100Options | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'cifar100.loadData'
  const { labelMode, ...request } = readOptions(where, cifar100Table, options)
  const archive = {
    name: 'cifar-100-python.tar.gz',
    kept: 'cifar-100-python-target_archive',
    hash: '85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7',
  }
  const read = await openCifar(where, archive, request)
  const labels = `${labelMode}_labels`
  return [read(['cifar-100-python/train'], labels), read(['cifar-100-python/test'], labels)]
}
