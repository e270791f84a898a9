// The arguments of fit: options as here, and what the text calls its data.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { HostValue } from '../python/hostValue.ts'
import { type Arguments, Dict, List, Tuple, Unknown, type Value } from '../python/values.ts'
import { presentName } from './olderNames.ts'
import type { Reader, ReadFit } from './reader.ts'

const FIT = [
  'x',
  'y',
  'batch_size',
  'epochs',
  'verbose',
  'callbacks',
  'validation_split',
  'validation_data',
  'shuffle',
  'class_weight',
  'sample_weight',
  'initial_epoch',
  'steps_per_epoch',
  'validation_steps',
  'validation_batch_size',
  'validation_freq',
]

const DATA = ['x', 'y', 'validationData', 'sampleWeight']
/** How a generator is read in Keras 2. */
const HOW = ['metrics', 'workers', 'useMultiprocessing', 'maxQueueSize', 'maxQSize', 'nbWorker', 'pickleSafe']

const nameOf = (name: string): string =>
  ({ generator: 'x', nb_val_samples: 'validationSteps' })[name] ?? presentName(name) ?? toCamelCase(name)

/** The arguments of a call of fit; null where none of them can be read. */
export function readFit(reader: Reader, args: Arguments): Pick<ReadFit, 'options' | 'data'> {
  const options: [string, unknown][] = []
  const data: [string, unknown][] = []
  for (const [given, [value, at]] of reader.named(args, FIT)) {
    const name = nameOf(given)
    if (HOW.includes(name) || value === null) continue
    const isOption = !DATA.includes(name)
    if (!isOption) data.push([name, namesOf(reader, value, at)])
    else if (name === 'callbacks') options.push([name, callbacksOf(reader, value, at)])
    else options.push(...Object.entries(reader.options([[name, [value, at]]]) ?? {}))
  }
  return { options: Object.fromEntries(options), data: Object.fromEntries(data) }
}

/** The callbacks of a list; of one that is not known a problem is told. */
function callbacksOf(reader: Reader, value: Value, at: number): readonly unknown[] {
  const list = value instanceof List || value instanceof Tuple ? value.items : [value]
  return list.flatMap((one) => {
    if (!(one instanceof Unknown) || one.isReported)
      return Object.values(reader.options([['callback', [one, at]]]) ?? {})
    reader.askForObject(at, one.word, 'callback', 'is no callback that is here, and fit goes without it')
    return []
  })
}

/** What the text calls data: a name, or a list or an object of names. */
function namesOf(reader: Reader, value: Value, at: number): unknown {
  if (value instanceof List || value instanceof Tuple)
    return value.items.map((item) => namesOf(reader, item, at))
  if (value instanceof Dict)
    return Object.fromEntries(
      [...value.entries.values()].map(([key, item]) => [String(key), namesOf(reader, item, at)]),
    )
  if (value instanceof Unknown) return value.word
  return value instanceof HostValue ? value.label : reader.interpreter.wordAt(at)
}
