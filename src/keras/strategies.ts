// Strategies that spread a step over devices: `tf.distribute.MirroredStrategy()`. There is one device here.

import { entriesOf } from '../python/access.ts'
import {
  type Arguments,
  NativeFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import { WrappedValue } from './values.ts'

const NAME = /^tensorflow\.distribute\.(\w+\.)*(\w+Strategy|get_strategy)$/

export const isStrategy = (path: string): boolean => NAME.test(path)

/** A strategy of one device, which runs a step once and takes what it gives as it is. */
export class StrategyValue extends WrappedValue {
  readonly label = 'strategy'

  override attribute(name: string): Value | undefined {
    if (name === 'num_replicas_in_sync') return 1n
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
    return method && new NativeFunction(name, (args, at) => method(this, args, at))
  }

  override plain(): unknown {
    return null
  }
}

type Method = (strategy: StrategyValue, args: Arguments, at: number) => Value

/** `run(fn, args=(), kwargs=None)` */
const run: Method = ({ reader: { interpreter } }, { placed, named }, at) => {
  const fn = placed[0] ?? named.get('fn') ?? null
  const given = placed[1] ?? named.get('args') ?? new Tuple([])
  const options = entriesOf(placed[2] ?? named.get('kwargs') ?? null) ?? []
  const items = interpreter.items(given, at) ?? []
  return interpreter.call(fn, { ...placedArguments(items), named: new Map(options) }, at)
}

/** Data that a function of the text makes for each device. */
const fromFunction: Method = ({ reader: { interpreter } }, args, at) =>
  interpreter.call(valuesGiven(args)[0] ?? null, placedArguments([new Unknown('context')]), at)

const first: Method = (_, args) => valuesGiven(args)[0] ?? null

const METHODS: Readonly<Record<string, Method>> = {
  scope: (strategy) => strategy,
  run,
  experimental_run_v2: run,
  reduce: (_, { placed, named }) => placed[1] ?? named.get('value') ?? null,
  gather: first,
  experimental_distribute_dataset: first,
  experimental_local_results: (_, args) => new Tuple(valuesGiven(args).slice(0, 1)),
  distribute_datasets_from_function: fromFunction,
  experimental_distribute_datasets_from_function: fromFunction,
}
