// Event files of TensorBoard: records of TFRecord, each a protobuf message of the type Event.
//
//   record     length (u64), masked CRC32C of it (u32), the message, masked CRC32C of that
//   Event      1 wall_time, 2 step, 3 file_version, 5 summary
//   Summary    1 value, repeated: 1 tag, 2 simple_value, 5 histo, 8 tensor, 9 metadata
//
// https://www.tensorflow.org/tutorials/load_data/tfrecord, tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto

import { joined } from '../util/bytes.ts'
import { encodeText } from '../util/text.ts'

const CASTAGNOLI = 0x82f63b78
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CASTAGNOLI : 0)
  return crc
})

/** CRC32C, as iSCSI has it. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number)
  return ~crc >>> 0
}

/** Records mask their checksums, since data may hold checksums themselves. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0

const numbers = (bytes: number, write: (view: DataView) => void): Uint8Array => {
  const data = new Uint8Array(bytes)
  write(new DataView(data.buffer))
  return data
}
const u32 = (value: number): Uint8Array => numbers(4, (view) => view.setUint32(0, value, true))

/** A record of TFRecord. */
export function record(data: Uint8Array): Uint8Array {
  const length = numbers(8, (view) => view.setBigUint64(0, BigInt(data.length), true))
  return joined([length, u32(masked(crc32c(length))), data, u32(masked(crc32c(data)))])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Uint8Array.from(bytes)
}

const key = (field: number, wire: number): Uint8Array => varint(field * 8 + wire)
const integer = (field: number, value: number): Uint8Array => joined([key(field, 0), varint(value)])
const double = (field: number, value: number): Uint8Array =>
  joined([key(field, 1), numbers(8, (view) => view.setFloat64(0, value, true))])
const float = (field: number, value: number): Uint8Array =>
  joined([key(field, 5), numbers(4, (view) => view.setFloat32(0, value, true))])
const message = (field: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const content = joined(parts)
  return joined([key(field, 2), varint(content.length), content])
}
const text = (field: number, value: string): Uint8Array => message(field, encodeText(value))
const doubles = (field: number, values: readonly number[]): Uint8Array =>
  message(
    field,
    numbers(8 * values.length, (view) => {
      values.forEach((value, i) => {
        view.setFloat64(8 * i, value, true)
      })
    }),
  )

/** A value of a summary. */
export type SummaryValue = Uint8Array

export const scalar = (tag: string, value: number): SummaryValue => message(1, text(1, tag), float(2, value))

/** The config of a model, which the graph plugin draws. */
export const kerasGraph = (tag: string, json: string): SummaryValue => {
  const STRING = 7
  const tensor = message(8, integer(1, STRING), message(2), text(8, json))
  const metadata = message(9, message(1, text(1, 'graph_keras_model'), text(2, '1')))
  return message(1, text(1, tag), tensor, metadata)
}

/** How often values lie in each of 30 ranges of equal width. */
export function histogram(tag: string, values: Float32Array): SummaryValue {
  const finite = values.filter(Number.isFinite)
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0]
  for (const value of finite) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    squares += value * value
  }
  if (finite.length === 0) min = max = 0
  const width = (max - min) / BUCKETS || 1 / BUCKETS
  const counts = new Array<number>(BUCKETS).fill(0)
  for (const value of finite) {
    const bucket = Math.min(BUCKETS - 1, Math.floor((value - min) / width))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  const limits = counts.map((_, i) => min + (i + 1) * width)
  const content = [double(1, min), double(2, max), double(3, finite.length), double(4, sum)]
  return message(
    1,
    text(1, tag),
    message(5, ...content, double(5, squares), doubles(6, limits), doubles(7, counts)),
  )
}
const BUCKETS = 30

/** The record of values of a step. @param seconds Since 1970. */
export const summaryEvent = (seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array =>
  record(joined([double(1, seconds), integer(2, step), message(5, ...values)]))

/** The first record of a file. */
export const versionEvent = (seconds: number): Uint8Array =>
  record(joined([double(1, seconds), text(3, 'brain.Event:2')]))
