// Names of Keras and of TensorFlow in a text: what calling them makes, and what they mean as options.

import { plainName } from '../errors.ts'
import { activationNames } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { argumentParser } from '../python/argumentParser.ts'
import { builtins } from '../python/builtins.ts'
import { mathOf } from '../python/math.ts'
import { partial } from '../python/partial.ts'
import { progressOf } from '../python/progress.ts'
import { signature } from '../python/signature.ts'
import { openText } from '../python/text.ts'
import {
  type Arguments,
  Dict,
  List,
  NativeFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import { callApplication, preprocessingOf } from './applicationCalls.ts'
import { arrayFunction } from './arrays.ts'
import { keepArguments, valuesGiven } from './functions.ts'
import { dataFunction, ofClasses } from './knownData.ts'
import { callActivation, makeLayerOrMerge } from './layerCalls.ts'
import { makeModel } from './modelMaker.ts'
import { canonical, placeOf } from './names.ts'
import { numpyFunction } from './numpyCalls.ts'
import { isDraw, numpyDraw, ofStep } from './numpyInStep.ts'
import { makeObject } from './objectMaker.ts'
import { callOperation, operationOf } from './operationCalls.ts'
import { unpackedData } from './ownSteps.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'
import { VERSIONS } from './settings.ts'
import { isStrategy, StrategyValue } from './strategies.ts'
import { tunerName } from './tuner.ts'
import { TapeValue } from './usualStep.ts'
import { WrappedValue } from './values.ts'

/** Types of numbers, which options take by name. */
const DTYPE = /^(u?int\d+|b?float\d+|string|bool)$/

/** A name by its canonical path. */
export class NamedValue extends WrappedValue {
  readonly label: string

  constructor(
    reader: Reader,
    readonly path: string,
  ) {
    super(reader)
    this.label = path
  }

  override attribute(name: string): Value {
    return pathValue(this.reader, `${this.path}.${name}`)
  }

  override call(args: Arguments, at: number): Value {
    const { reader, path } = this
    if (isStrategy(path)) return new StrategyValue(reader)
    const place = placeOf(path)
    if (!place) return new Unknown(path)
    const { area, name } = place
    // Texts ask whether to take the layers for GPUs.
    if (name === 'is_gpu_available') return true
    if (/^list_(physical|logical)_devices$/.test(name)) return new List([new Unknown('device')])
    if (name === 'unpack_x_y_sample_weight') return unpackedData(args)
    if (name === 'GradientTape') return new TapeValue(reader)
    if (GETTERS.includes(name) && area !== 'other' && area !== 'ops') return this.#get(name, args, at)
    switch (area) {
      case 'layers':
        return makeLayerOrMerge(reader, name, args, at)
      case 'models':
        return makeModel(reader, name, args, at)
      case 'ops':
        return callOperation(reader, path, args, at)
      case 'applications':
        return callApplication(reader, path, args, at)
      case 'activations':
        return callActivation(reader, name, args, at)
      case 'other': {
        const made = new Unknown(path)
        keepArguments(made, path, args)
        return made
      }
      default:
        return makeObject(reader, { area, name }, args, at)
    }
  }

  /** `initializers.get('zeros')`, `optimizers.get({'class_name': 'Adam', 'config': {}})`: what is given, since options take names, too; a function of that name where it may be called. */
  #get(name: string, args: Arguments, at: number): Value {
    const [given = null] = valuesGiven(args)
    const family = this.path.slice(0, -name.length - 1)
    const made = given instanceof Dict ? madeOfConfig(this.reader, family, given, at) : undefined
    if (made !== undefined) return made
    if (family.endsWith('.activations') && given === null) return pathValue(this.reader, `${family}.linear`)
    const isCalled = /\.(activations|losses|metrics)$/.test(family)
    return isCalled && typeof given === 'string' ? pathValue(this.reader, `${family}.${given}`) : given
  }

  // What a text sets of a module, such as how much it tells, is of no layer.
  override setAttribute(): boolean {
    return true
  }

  override plain(): unknown {
    const { area, name } = placeOf(this.path) ?? { area: 'other', name: this.path }
    if (this.path.includes('.Reduction.')) return name.toLowerCase().replace('auto', 'sum_over_batch_size')
    const prepare = preprocessingOf(this.path)
    if (prepare) return (x: unknown) => prepare(x as SymbolicTensor)
    if (area === 'ops') {
      if (DTYPE.test(name)) return name
      const activation = activationNames.find((known) => plainName(known) === plainName(name))
      const found = activation ?? operationOf(this.path)
      if (found) return found
    } else if (area !== 'other' && area !== 'models' && area !== 'layers' && area !== 'applications')
      return name
    throw new NotKnown(new Unknown(this.path))
  }
}

/** A type of numbers by its name, which also makes a number of that type. */
class DtypeValue extends WrappedValue {
  constructor(
    reader: Reader,
    readonly label: string,
  ) {
    super(reader)
  }

  override plain(): string {
    return this.label
  }

  override call({ placed: [value = null] }: Arguments): Value {
    return value
  }
}

/** Functions that make objects of names and configs. */
const GETTERS = ['get', 'deserialize']

/** What a config says, which has the arguments of a class by name; undefined for other dicts. */
function madeOfConfig(reader: Reader, family: string, given: Dict, at: number): Value | undefined {
  const [className, config = new Dict()] = [given.get('class_name'), given.get('config')]
  if (typeof className !== 'string' || !(config instanceof Dict)) return undefined
  const named = new Map([...config.entries.values()].map(([key, value]) => [String(key), value]))
  return reader.interpreter.call(
    pathValue(reader, `${family}.${className}`),
    { placed: [], named, places: new Map() },
    at,
  )
}

/** Modules that give builtins by their names in Python 2 and 3. */
const BUILTINS = /^(six\.moves|builtins|__builtin__|past\.builtins|future\.builtins)\.(\w+)$/

/** Where callbacks write is a path that is put together. */
const pathJoin = new NativeFunction('join', ({ placed }) => {
  const parts = placed.flatMap((part, i) => {
    if (i === placed.length - 1) return [part]
    return [typeof part === 'string' ? part.replace(/\/$/, '') : part, '/']
  })
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  return openText(parts) ?? new Unknown('os.path.join(…)')
})

/** No file is there for a text. */
const isThere = new NativeFunction('exists', () => false)

/** `field(default_factory=list)` in a dataclass: the default that it makes. */
const fieldOf = ({ interpreter }: Reader): Value =>
  new NativeFunction('field', ({ named }, at) => {
    const factory = named.get('default_factory')
    if (factory !== undefined) return interpreter.call(factory, placedArguments([]), at)
    const fallback = named.get('default')
    return fallback === undefined ? new Unknown('field(…)') : fallback
  })

/** TensorFlow's names of what lies between pixels. */
const RESIZE_METHODS = 'tensorflow.image.ResizeMethod.'

/** What a dotted path means: a name of Keras or of TensorFlow, a number of a module, or something unknown. */
export function pathValue(reader: Reader, path: string): Value {
  const known = canonical(path)
  const [root = '', ...names] = known.split('.')
  const name = names.at(-1)
  if (name === 'newaxis' && names.length === 1) return null
  const version = Object.hasOwn(VERSIONS, known) ? VERSIONS[known] : undefined
  if (version !== undefined) return version
  if (known.startsWith(RESIZE_METHODS)) return String(name).toLowerCase().replace('_neighbor', '')
  const ofData = dataFunction(reader, known)
  if (ofData) return ofData
  if (root === 'keras' || root === 'tensorflow') return new NamedValue(reader, known)
  if (known === 'os.path.join') return pathJoin
  if (/^os\.path\.(exists|isfile|isdir)$/.test(known)) return isThere
  if (known === 'dataclasses.field') return fieldOf(reader)
  if (known === 'functools.partial') return partial(reader.interpreter)
  if (known === 'argparse.ArgumentParser') return argumentParser(reader.interpreter)
  if (known === 'inspect.signature') return signature
  if (known === 'functools' || known === 'argparse' || known === 'inspect')
    return new NamedValue(reader, known)
  if (root === 'keras_tuner' || root === 'kerastuner')
    return name === undefined ? new NamedValue(reader, known) : (tunerName(reader, name) ?? new Unknown(name))
  const progress = progressOf(reader.interpreter, known)
  if (progress !== undefined) return progress
  if (/^tqdm(\.(auto|notebook|std))?$/.test(known)) return new NamedValue(reader, known)
  if (known === 'os.environ') return reader.environment
  if (known === 'os.getenv') return reader.interpreter.attribute(reader.environment, 'get', 0)
  if (known === 'os' || known === 'os.path') return new NamedValue(reader, known)
  const builtin = builtins.get(BUILTINS.exec(known)?.[2] ?? '')
  if (builtin) return builtin(reader.interpreter)
  if (root !== 'math' && root !== 'numpy') return new Unknown(name ?? root)
  if (name === undefined) return new NamedValue(reader, known)
  if (isDraw(known)) return numpyDraw(reader, known)
  if (root === 'numpy' && (names[0] === 'random' ? names.length === 1 : DTYPE.test(name)))
    return names[0] === 'random' ? new NamedValue(reader, known) : new DtypeValue(reader, name)
  const ofNumbers = mathOf(reader.interpreter, name)
  const array =
    root === 'numpy' ? numpyFunction(reader, name, arrayFunction(reader, name) ?? ofNumbers) : undefined
  if (root === 'numpy')
    return ofClasses(reader, name, ofStep(reader, name, array ?? ofNumbers)) ?? new Unknown(known)
  return array ?? ofNumbers ?? new Unknown(`${root}.${names.join('.')}`)
}
