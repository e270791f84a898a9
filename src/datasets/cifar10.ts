// CIFAR-10: 60,000 photographs of 10 kinds of things, 10,000 of them to test on, of 32 × 32 pixels in colour.

import { readOptions } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { openCifar } from './cifar.ts'
import { type DatasetOptions, datasetOptionTable, type Loaded } from './options.ts'

/**
 * Loads images and their kinds: `const [[xTrain, yTrain], [xTest, yTest]] = await cifar10.loadData()`. The file has 163 MB, and the
 * tensors 740 MB.
 *
 * @returns Tensors [images, 32, 32, 3] of red, green and blue from 0 to 255, and [images, 1] of kinds from 0 to 9.
 * @throws {RecurraError} if the file cannot be read; in a page, too, if its server refuses it (CORS).
 * @see keras/src/datasets/cifar10.py
 */
export async function loadData(options?: DatasetOptions | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'cifar10.loadData'
  const archive = {
    name: 'cifar-10-python.tar.gz',
    kept: 'cifar-10-batches-py-target_archive',
    hash: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
  }
  const read = await openCifar(where, archive, readOptions(where, datasetOptionTable, options))
  const folder = 'cifar-10-batches-py'
  const batches = [1, 2, 3, 4, 5].map((i) => `${folder}/data_batch_${i}`)
  return [read(batches, 'labels'), read([`${folder}/test_batch`], 'labels')]
}
