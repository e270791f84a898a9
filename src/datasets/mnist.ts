// MNIST: 70,000 handwritten digits, 10,000 of them to test on, as images of 28 × 28. The file is Keras's.

import { readOptions } from '../util/options.ts'
import { type Tensor, toTensor } from '../util/tensor.ts'
import { checkSamples, numbersNamed, readArrays } from './arrays.ts'
import { kerasFile } from './kerasFile.ts'
import { type DatasetOptions, datasetOptionTable, type Loaded } from './options.ts'

/**
 * Loads images and their digits: `const [[xTrain, yTrain], [xTest, yTest]] = await mnist.loadData()`.
 *
 * @returns Tensors [images, 28, 28] of brightnesses from 0 to 255, and [images] of digits from 0 to 9.
 * @throws {RecurraError} if the file cannot be read; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/mnist.py
 */
export async function loadData(options?: DatasetOptions | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'mnist.loadData'
  const file = kerasFile('mnist.npz', '731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1')
  const request = readOptions(where, datasetOptionTable, options)
  const arrays = await readArrays(where, file, request)
  const part = (name: 'train' | 'test'): readonly [Tensor, Tensor] => {
    const x = numbersNamed(where, arrays, `x_${name}`)
    const y = numbersNamed(where, arrays, `y_${name}`)
    checkSamples(where, x.shape[0] ?? 0, y)
    return [toTensor(x, where), toTensor(y, where)]
  }
  return [part('train'), part('test')]
}
