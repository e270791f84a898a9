// The parameters of functions of `ops`, and where Keras's files have them: arguments of the call, or options in the config of the class.
// They are a text, in the order of the function's parameters: `'x indices axis=null'`. Those in braces, which are the last, are fields
// of an object, the function's last argument: `'x1 x2 {axisa=-1 axisb=-1}'`.

import { isOptions } from '../util/options.ts'
import { isTensorData } from '../util/tensor.ts'

export interface Parameter {
  /** In camelCase. */
  readonly name: string
  /**
   * `argument`, an argument of the call by place, `x`; `named`, one by name, `weights:`; `rest`, all that follow, `...operands`;
   * `option`, an option with its default as JSON, `axis=null`, or without one, `shape=`; `fixed`, an option that Keras has and the
   * function does not: `!dtype=null`, behind the others.
   */
  readonly kind: 'argument' | 'named' | 'rest' | 'option' | 'fixed'
  /** The default of an option. */
  readonly fallback: unknown
  /** The place among the function's own arguments, behind a rest from the end; of fixed ones the place of the next. */
  readonly place: number
  /** Whether it is a field of the object at that place. */
  readonly isField: boolean
}

/** Reads a text of parameters. */
export function readParameters(text: string): readonly Parameter[] {
  let place = 0
  let isField = false
  return text.split(' ').map((word) => {
    if (word.startsWith('{')) isField = true
    const parameter = { ...readParameter(word.replace(/^{|}$/g, '')), place, isField }
    if (parameter.kind === 'rest') place = -1
    else if (parameter.kind !== 'fixed' && !isField) place++
    return parameter
  })
}

/** What a call gave for a parameter, other than one that is all that follow. */
export function givenFor({ name, place, isField }: Parameter, args: readonly unknown[]): unknown {
  const given = args.at(place)
  return isField ? (given as Readonly<Record<string, unknown>> | undefined)?.[name] : given
}

/** Whether an argument is the object of the fields. */
export const isFields = (given: unknown): given is Readonly<Record<string, unknown>> =>
  isOptions(given) && !isTensorData(given)

function readParameter(word: string): Pick<Parameter, 'name' | 'kind' | 'fallback'> {
  const [, mark = '', name = '', end = '', value = ''] = /^(!|\.\.\.)?(\w+)([=:]?)(.*)$/.exec(word) ?? []
  const kind =
    mark === '!'
      ? 'fixed'
      : mark !== ''
        ? 'rest'
        : end === '='
          ? 'option'
          : end === ':'
            ? 'named'
            : 'argument'
  return { name, kind, fallback: value === '' ? undefined : JSON.parse(value) }
}

/** An array as Keras writes one of NumPy. */
export const arrayOf = (value: unknown): unknown => ({
  className: '__numpy__',
  config: { value, dtype: 'float32' },
})

/** What stands in Python's brackets. */
export const writeKey = (key: unknown): unknown =>
  (key as readonly unknown[]).map((index) => {
    if (typeof index === 'number') return index
    if (index === 'newaxis') return null
    if (index === '...') return { className: '__ellipsis__', config: {} }
    const [start = null, stop = null, step = null] = (index ?? []) as readonly (number | null)[]
    return { className: '__slice__', config: { start, stop, step } }
  })
