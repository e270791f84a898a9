// Messages as bytes of Protocol Buffers. Weights are not copied: a message is a list of pieces, of which they are some.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { impossible } from '../../errors.ts'
import { joined, sizeOfBytes } from '../../util/bytes.ts'
import type { Message } from './schema.ts'

/** Pieces of fewer bytes are joined as they are written. */
const SMALL = 4096

/** The bytes of a message, in pieces. */
export function encode(message: Message, value: object): Uint8Array[] {
  const pieces: Uint8Array[] = []
  const writer = new BinaryWriter()
  const delimited = (number: number, inner: readonly Uint8Array[]): void => {
    const size = sizeOfBytes(inner)
    writer.tag(number, WireType.LengthDelimited).uint32(size)
    if (size < SMALL) {
      writer.raw(joined(inner))
      return
    }
    pieces.push(writer.finish())
    for (const piece of inner) pieces.push(piece)
  }
  const packed = (number: number, write: (inner: BinaryWriter) => void): void => {
    const inner = new BinaryWriter()
    write(inner)
    delimited(number, [inner.finish()])
  }
  for (const [name, held] of Object.entries(value)) {
    const field = message[name] ?? impossible(`no field ${name}`)
    const [number, holds] = field
    if (typeof holds === 'function') {
      for (const each of [held].flat() as object[]) delimited(number, encode(holds(), each))
    } else if (holds === 'integer') writer.tag(number, WireType.Varint).int64(held as number)
    else if (holds === 'float') writer.tag(number, WireType.Bit32).float(held as number)
    else if (holds === 'bytes') delimited(number, [held as Uint8Array])
    else if (holds === 'integers')
      packed(number, (inner) => {
        for (const each of held as number[]) inner.int64(each)
      })
    else if (holds === 'floats')
      packed(number, (inner) => {
        for (const each of held as number[]) inner.float(each)
      })
    else
      for (const text of [held].flat() as string[]) writer.tag(number, WireType.LengthDelimited).string(text)
  }
  pieces.push(writer.finish())
  return pieces
}
