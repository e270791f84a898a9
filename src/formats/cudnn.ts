// Weights of CuDNNLSTM and CuDNNGRU, of Keras 2 on CUDA, as LSTM and GRU have them. Gates lie one behind the other in both; the kernel
// of each is stored by columns, the recurrent one transposed, and there are two biases.

import type { Layer } from '../layers/layer.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'
import { withParts } from '../layers/withParts.ts'
import { sameShape } from '../util/shape.ts'
import { failFormat } from './formatError.ts'
import type { StoredArray } from './storedArray.ts'

/** Gates by layer. */
const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3 }

/**
 * The arrays for a layer's weights, those of CuDNN's layers among them converted.
 *
 * @param variables The layer's weights, in the order of the arrays.
 * @param biasOf What becomes of the biases of inputs and of states: their sum, of weights. Their gradients are the same, and so is all that an
 * optimizer makes of these: of its slots it is {@link biasOfInputs}.
 */
export function fromCuDNN(
  layer: Layer,
  variables: readonly Variable[],
  arrays: readonly StoredArray[],
  where: string,
  biasOf: (bias: StoredArray) => StoredArray = sumOfBiases,
): readonly StoredArray[] {
  const result = [...arrays]
  for (const part of withParts([layer])) {
    const gates = GATES[part.className]
    if (gates === undefined) continue
    const places = part.variables.filter(isWeight).map((variable) => variables.indexOf(variable))
    const [kernel, recurrent, bias] = places.map((place) => arrays[place])
    const units = recurrent?.shape[0] ?? 0
    if (!kernel || !recurrent || !bias || !sameShape(bias.shape, [2 * gates * units])) continue
    if (gates === 3 && part.variables[2]?.shape.length !== 2) {
      failFormat(`${where}, ${part.where}`, {
        expected: 'weights of a GRU with resetAfter: false',
        got: 'those of a CuDNNGRU',
        remedy: 'Make the layer with resetAfter: true, which computes what a CuDNNGRU does.',
      })
    }
    const rows = kernel.shape[0] ?? 0
    const converted = [
      byGates(kernel, { gates, rows, units, isTransposed: false }),
      byGates(recurrent, { gates, rows: units, units, isTransposed: true }),
      gates === 3 ? { ...bias, shape: [2, gates * units] } : biasOf(bias),
    ]
    places.forEach((place, i) => {
      result[place] = converted[i] as StoredArray
    })
  }
  return result
}

interface GateShape {
  readonly gates: number
  readonly rows: number
  readonly units: number
  /** Whether the stored gate is [units, rows]; else its numbers are those of [units, rows], read as [rows, units]. */
  readonly isTransposed: boolean
}

/**
 * Kernels [rows, gates × units] of gates each of which was stored as [units, rows]. The block of a gate is as wide as units and as high
 * as rows in the file too, so that element n of a kernel by columns is element n of the block by rows.
 */
function byGates(array: StoredArray, { gates, rows, units, isTransposed }: GateShape): StoredArray {
  const width = gates * units
  const data = new Float32Array(rows * width)
  for (let gate = 0; gate < gates; gate++) {
    for (let row = 0; row < rows; row++) {
      for (let unit = 0; unit < units; unit++) {
        const n = unit * rows + row
        const [i, j] = isTransposed ? [unit, row] : [Math.floor(n / units), n % units]
        data[row * width + gate * units + unit] = array.data[i * width + gate * units + j] ?? 0
      }
    }
  }
  return { ...array, data }
}

/** The sum of the biases of inputs and of states, which lie one behind the other. */
function sumOfBiases(bias: StoredArray): StoredArray {
  const inputs = biasOfInputs(bias)
  const size = inputs.data.length
  return { ...inputs, data: Float32Array.from(inputs.data, (value, i) => value + (bias.data[size + i] ?? 0)) }
}

/** The first of the two biases. */
export function biasOfInputs({ data, dtype }: StoredArray): StoredArray {
  const size = data.length / 2
  return { shape: [size], dtype, data: Float32Array.from(data.subarray(0, size)) }
}
