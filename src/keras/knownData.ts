// Data whose shapes a text does not say, but everyone knows: those of `keras.datasets`, and what Keras makes of arrays. How many samples
// there are stays open, so that loops over them are not run.

import {
  type Arguments,
  List,
  NativeFunction,
  numeric,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { ArrayValue } from './arrays.ts'
import { valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'

/** What is known of a data set: the shape of one sample, that of its target, and how many classes there are. */
interface DataSet {
  readonly x: readonly bigint[]
  readonly y: readonly bigint[]
  readonly classes?: bigint
}

/** As in keras/src/datasets. */
const DATA_SETS: Readonly<Record<string, DataSet>> = {
  mnist: { x: [28n, 28n], y: [], classes: 10n },
  fashion_mnist: { x: [28n, 28n], y: [], classes: 10n },
  cifar10: { x: [32n, 32n, 3n], y: [1n], classes: 10n },
  cifar100: { x: [32n, 32n, 3n], y: [1n], classes: 100n },
  imdb: { x: [], y: [], classes: 2n },
  reuters: { x: [], y: [], classes: 46n },
  boston_housing: { x: [13n], y: [] },
  california_housing: { x: [8n], y: [] },
}

/** Class indices, of which it is known how many classes there are. */
class ClassesValue extends ArrayValue {
  constructor(
    reader: Reader,
    label: string,
    shape: readonly Value[],
    readonly classes: bigint,
  ) {
    super(reader, label, shape)
  }

  #of(value: Value): Value {
    const isOther = !(value instanceof ArrayValue) || value instanceof ClassesValue
    return isOther ? value : new ClassesValue(this.reader, value.label, value.shape, this.classes)
  }

  override renamed(label: string): ArrayValue {
    return new ClassesValue(this.reader, label, this.shape, this.classes)
  }

  override attribute(name: string): Value | undefined {
    if (name === 'max') return new NativeFunction(name, () => this.classes - 1n)
    if (name === 'min') return new NativeFunction(name, () => 0n)
    const made = super.attribute(name)
    return made instanceof NativeFunction
      ? new NativeFunction(name, (args, at) => this.#of(made.call(args, at)))
      : made
  }

  override index(key: Value): Value {
    return this.#of(super.index(key))
  }
}

/** `(x_train, y_train), (x_test, y_test)` */
const dataSet = (reader: Reader, { x, y, classes }: DataSet): Value => {
  const arrayOf = (label: string, sample: readonly bigint[], count: bigint | undefined): ArrayValue => {
    const shape = [new Unknown(`${label}.shape[0]`), ...sample]
    return count === undefined
      ? new ArrayValue(reader, label, shape)
      : new ClassesValue(reader, label, shape, count)
  }
  const halves = ['train', 'test'].map(
    (half) => new Tuple([arrayOf(`x_${half}`, x, undefined), arrayOf(`y_${half}`, y, classes)]),
  )
  return new Tuple(halves)
}

/** `to_categorical(y, num_classes=None)` */
function oneHot(reader: Reader, { placed, named }: Arguments): Value | undefined {
  const y = placed[0] ?? named.get('y') ?? named.get('x') ?? null
  const given = numeric(placed[1] ?? named.get('num_classes') ?? named.get('nb_classes') ?? null)
  const classes = given ?? (y instanceof ClassesValue ? y.classes : null)
  if (classes === null || !(y instanceof ArrayValue) || y.hasNumbers) return undefined
  const rows = y.shape.length > 1 && y.shape.at(-1) === 1n ? y.shape.slice(0, -1) : y.shape
  return new ArrayValue(reader, `to_categorical(${y.label})`, [...rows, BigInt(Number(classes))])
}

/** `pad_sequences(sequences, maxlen=None)` */
function padded(reader: Reader, { placed, named }: Arguments): Value | undefined {
  const sequences = placed[0] ?? named.get('sequences') ?? null
  const length = numeric(placed[1] ?? named.get('maxlen') ?? null)
  if (length === null || !(sequences instanceof ArrayValue) || sequences.hasNumbers) return undefined
  return new ArrayValue(reader, `pad_sequences(${sequences.label})`, [
    sequences.shape[0] ?? null,
    BigInt(Number(length)),
  ])
}

/** `np.unique(y)` and `np.max(y)` of class indices. */
const OF_CLASSES: Readonly<Record<string, (y: ClassesValue) => Value>> = {
  unique: (y) => new List(Array.from({ length: Number(y.classes) }, (_, i) => BigInt(i))),
  max: ({ classes }) => classes - 1n,
  amax: ({ classes }) => classes - 1n,
}

const load = /^keras\.datasets\.(?:\w+\.)?(\w+)\.load_data$/

/** A function that loads data, or makes data of data; undefined for other paths. */
export function dataFunction(reader: Reader, path: string): Value | undefined {
  const [, name = ''] = load.exec(path) ?? []
  const known = Object.hasOwn(DATA_SETS, name) ? DATA_SETS[name] : undefined
  if (known)
    return new NativeFunction('load_data', (args) => {
      // The twenty groups of the hundred classes of cifar100.
      const isCoarse = valuesGiven(args).includes('coarse')
      return dataSet(reader, isCoarse ? { ...known, classes: 20n } : known)
    })
  const make = /\.to_categorical$/.test(path) ? oneHot : /\.pad_sequences$/.test(path) ? padded : undefined
  if (!make || !path.startsWith('keras.')) return undefined
  return new NativeFunction(
    path,
    (args, at) => make(reader, args) ?? reader.interpreter.host.callUnknown(new Unknown(path), args, at),
  )
}

/** A function of numpy on class indices; otherwise what it is of other values. */
export function ofClasses(reader: Reader, name: string, otherwise: Value | undefined): Value | undefined {
  const of = Object.hasOwn(OF_CLASSES, name) ? OF_CLASSES[name] : undefined
  if (!of) return otherwise
  return new NativeFunction(name, (args, at) => {
    const [y] = args.placed
    if (y instanceof ClassesValue && args.placed.length + args.named.size === 1) return of(y)
    return reader.interpreter.call(otherwise ?? new Unknown(`numpy.${name}`), args, at)
  })
}
