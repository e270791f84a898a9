// Python's pickles, protocols 0 to 5, as far as NumPy writes them: numbers, texts, bytes, lists, tuples, dicts, and arrays.
//
// A pickle is a program for a machine with a stack. Here no name in it is looked up in anything: the few that make NumPy's arrays are
// known by their texts (`pickledObjects.ts`), and any other name ends the reading. Of what the program says of sizes nothing is believed
// before as many bytes are seen.
// @see https://github.com/python/cpython/blob/main/Lib/pickletools.py

import { failFormat } from '../formatError.ts'
import { asText, built, called, latin, type Pickled } from './pickledObjects.ts'

const NEWLINE = 10
/** Longer numbers are none of arrays, and take long to read. */
const MOST_DIGITS = 32
const MOST_BYTES = 8

class Machine {
  readonly view: DataView
  at = 0
  stack: Pickled[] = []
  /** Stacks below marks. */
  readonly below: Pickled[][] = []
  readonly memo = new Map<number, Pickled>()

  constructor(
    readonly where: string,
    readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  fail(expected: string): never {
    return failFormat(this.where, { expected, got: `something else before byte ${this.at} of a pickle` })
  }

  /** The next bytes. */
  take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at)
      failFormat(this.where, {
        expected: `${count} bytes at byte ${this.at} of a pickle`,
        got: `${this.bytes.length - this.at}`,
        remedy: 'The file is damaged: copy or download it again.',
      })
    this.at += count
    return this.bytes.subarray(this.at - count, this.at)
  }

  /** The next bytes as an integer. */
  unsigned(bytes: 1 | 2 | 4 | 8): number {
    const { at } = this
    this.take(bytes)
    if (bytes === 1) return this.view.getUint8(at)
    if (bytes === 2) return this.view.getUint16(at, true)
    if (bytes === 4) return this.view.getUint32(at, true)
    return Number(this.view.getBigUint64(at, true))
  }

  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.at)
    const line = latin(this.take(end < 0 ? this.bytes.length : end - this.at))
    this.take(1)
    return line
  }

  utf8(lengthBytes: 1 | 4 | 8): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.take(this.unsigned(lengthBytes)))
  }

  /** An integer of so many bytes, in two's complement. */
  long(count: number): number {
    if (count > MOST_BYTES) this.fail('an integer of at most 8 bytes')
    const value = this.take(count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return Number(BigInt.asIntN(8 * count, value))
  }

  /** A number written as text. */
  decimal(text = this.line().replace(/L$/, '')): number {
    const number = text.length > MOST_DIGITS || text === '' ? Number.NaN : Number(text)
    return Number.isNaN(number) && text !== 'nan' ? this.fail('a number') : number
  }

  push(value: Pickled): void {
    this.stack.push(value)
  }

  pop(): Pickled {
    const value = this.stack.pop()
    return value === undefined ? this.fail('a value on the stack') : value
  }

  top(): Pickled {
    const value = this.stack.at(-1)
    return value === undefined ? this.fail('a value on the stack') : value
  }

  /** What was pushed since the last mark. */
  sinceMark(): Pickled[] {
    const { stack } = this
    this.stack = this.below.pop() ?? this.fail('a mark')
    return stack
  }

  tuple(count: number): void {
    if (this.stack.length < count) this.fail(`${count} values on the stack`)
    this.push(this.stack.splice(this.stack.length - count))
  }

  append(values: readonly Pickled[]): void {
    const list = this.top()
    if (!Array.isArray(list)) this.fail('a list')
    for (const value of values) list.push(value)
  }

  set(keysAndValues: readonly Pickled[]): void {
    const dict = this.top()
    if (!(dict instanceof Map) || keysAndValues.length % 2 > 0) this.fail('a dict and pairs for it')
    for (let i = 0; i < keysAndValues.length; i += 2)
      dict.set(asText(keysAndValues[i]) ?? this.fail('texts as keys'), keysAndValues[i + 1] as Pickled)
  }

  recall(key: number): void {
    this.push(this.memo.get(key) ?? this.fail('a value that was remembered'))
  }

  name(module: Pickled, name: Pickled): void {
    if (typeof module !== 'string' || typeof name !== 'string') this.fail('the name of something')
    // NumPy 2 moved its core.
    this.push({ python: `${module}.${name}`.replace('numpy._core.', 'numpy.core.') })
  }
}

/** What a backslash stands for in texts of protocol 0. */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gi,
    (whole, byte, short, long, letter) => {
      const code = Number.parseInt(byte ?? short ?? long, 16)
      if (letter === undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      return ({ n: '\n', r: '\r', t: '\t' } as Readonly<Record<string, string>>)[letter] ?? letter
    },
  )

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

type Operation = (machine: Machine) => void

/** Operations by their codes: letters, and numbers above 127. */
const operations: Readonly<Record<string | number, Operation>> = {
  128: (m) => void m.take(1),
  149: (m) => void m.take(8),
  '(': (m) => {
    m.below.push(m.stack)
    m.stack = []
  },
  '0': (m) => void m.pop(),
  '1': (m) => void m.sinceMark(),
  '2': (m) => m.push(m.top()),
  N: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  I: (m) => {
    const text = m.line()
    m.push(text === '01' ? true : text === '00' ? false : m.decimal(text))
  },
  J: (m) => m.push(m.unsigned(4) | 0),
  K: (m) => m.push(m.unsigned(1)),
  M: (m) => m.push(m.unsigned(2)),
  L: (m) => m.push(m.decimal()),
  138: (m) => m.push(m.long(m.unsigned(1))),
  139: (m) => m.push(m.long(m.unsigned(4))),
  F: (m) => m.push(m.decimal()),
  G: (m) => {
    m.take(8)
    m.push(m.view.getFloat64(m.at - 8))
  },
  S: (m) => m.push(bytesOf(unescaped(m.line().slice(1, -1)))),
  T: (m) => m.push(m.take(m.unsigned(4))),
  U: (m) => m.push(m.take(m.unsigned(1))),
  V: (m) => m.push(unescaped(m.line())),
  X: (m) => m.push(m.utf8(4)),
  140: (m) => m.push(m.utf8(1)),
  141: (m) => m.push(m.utf8(8)),
  B: (m) => m.push(m.take(m.unsigned(4))),
  C: (m) => m.push(m.take(m.unsigned(1))),
  142: (m) => m.push(m.take(m.unsigned(8))),
  150: (m) => m.push(m.take(m.unsigned(8))),
  ']': (m) => m.push([]),
  l: (m) => m.push(m.sinceMark()),
  a: (m) => {
    const value = m.pop()
    m.append([value])
  },
  e: (m) => m.append(m.sinceMark()),
  ')': (m) => m.push([]),
  t: (m) => m.push(m.sinceMark()),
  133: (m) => m.tuple(1),
  134: (m) => m.tuple(2),
  135: (m) => m.tuple(3),
  '}': (m) => m.push(new Map()),
  d: (m) => {
    const pairs = m.sinceMark()
    m.push(new Map())
    m.set(pairs)
  },
  s: (m) => {
    m.tuple(2)
    m.set(m.pop() as Pickled[])
  },
  u: (m) => m.set(m.sinceMark()),
  g: (m) => m.recall(m.decimal()),
  h: (m) => m.recall(m.unsigned(1)),
  j: (m) => m.recall(m.unsigned(4)),
  p: (m) => void m.memo.set(m.decimal(), m.top()),
  q: (m) => void m.memo.set(m.unsigned(1), m.top()),
  r: (m) => void m.memo.set(m.unsigned(4), m.top()),
  148: (m) => void m.memo.set(m.memo.size, m.top()),
  c: (m) => {
    const module = m.line()
    m.name(module, m.line())
  },
  147: (m) => {
    const name = m.pop()
    m.name(m.pop(), name)
  },
  R: (m) => {
    const values = m.pop()
    m.push(called(m.where, m.pop(), values))
  },
  b: (m) => {
    const state = m.pop()
    built(m.where, m.top(), state)
  },
}

const byCode: readonly (Operation | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => operations[code < 128 ? String.fromCharCode(code) : code],
)

const STOP = 46

/**
 * What a pickle holds.
 *
 * @throws {FormatError} if it is damaged, or names anything but NumPy's arrays.
 */
export function unpickle(where: string, bytes: Uint8Array): Pickled {
  const machine = new Machine(where, bytes)
  for (let code = machine.unsigned(1); code !== STOP; code = machine.unsigned(1)) {
    const operation = byCode[code] ?? machine.fail('an operation of protocols 0 to 5')
    operation(machine)
  }
  return machine.pop()
}
