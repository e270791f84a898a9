// Reads a safetensors file: 8 bytes of little-endian header length, a JSON header, the raw numbers.

/** One tensor, row-major. */
export interface NumberArray {
  shape: number[]
  dtype: 'F32' | 'I32'
  data: Float32Array | Int32Array
}

interface Header {
  [name: string]: { dtype: string; shape: number[]; data_offsets: [begin: number, end: number] }
}

const TYPED_ARRAYS = { F32: Float32Array, I32: Int32Array }
const LENGTH_BYTES = 8

/** The tensors of a file by name, in the file's order; an error for types other than F32 and I32. */
export function readSafetensors(bytes: Uint8Array): Record<string, NumberArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = LENGTH_BYTES + Number(view.getBigUint64(0, true))
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)))
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__')
  return Object.fromEntries(
    tensors.map(([name, { dtype, shape, data_offsets }]) => {
      if (dtype !== 'F32' && dtype !== 'I32') throw new Error(`${name}: expected F32 or I32, got ${dtype}`)
      const [begin, end] = data_offsets
      // A copy, because the numbers need not be aligned in the file.
      const raw = bytes.slice(start + begin, start + end)
      const data = new TYPED_ARRAYS[dtype](raw.buffer)
      const size = shape.reduce((product, length) => product * length, 1)
      if (data.length !== size) throw new Error(`${name}: expected ${size} numbers, got ${data.length}`)
      return [name, { shape, dtype, data }]
    }),
  )
}
