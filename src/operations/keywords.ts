// Arguments of functions of `ops` by name. As in Keras an argument comes by place or by name; those by name are fields of one object,
// the last argument: `ops.mean(x, { axis: -1, keepdims: true })`.

import { fail } from '../errors.ts'
import { checkNames } from '../util/options.ts'
import { isFields, readParameters } from './signature.ts'

/**
 * A function `F` with the parameters `Text`, as signature.ts reads them, which takes them by name, too. The function as it is comes last:
 * what TypeScript says of wrong arguments is about that one.
 */
export type Keyworded<F, Text extends string> = Text extends `${string}...${string}`
  ? F
  : F extends (...args: infer Places extends readonly unknown[]) => infer Result
    ? Words<Text>['length'] extends 1
      ? F
      : ((...args: ByName<Places, Words<Text>>) => Result) & F
    : F

/** The names of parameters, but for those that are fields of an object or that the function does not take. */
type Words<Text extends string> = Text extends `{${string}`
  ? []
  : Text extends `${infer Word} ${infer Rest}`
    ? [...NameOf<Word>, ...Words<Rest>]
    : NameOf<Text>

type NameOf<Word extends string> = Word extends `!${string}`
  ? []
  : Word extends `${infer Name}=${string}` | `${infer Name}:`
    ? [Name]
    : [Word]

/** Arguments of which the first ones come by place and all others by name. */
type ByName<
  Places extends readonly unknown[],
  Names extends readonly string[],
  Before extends readonly unknown[] = [],
> = Names extends readonly [string, ...infer Later extends readonly string[]]
  ?
      | [...Before, options: Flat<Named<Places, Names>>]
      | ByName<After<Places>, Later, [...Before, ...First<Places>]>
  : never

type After<Places extends readonly unknown[]> = Places extends readonly [_?: unknown, ...rest: infer Rest]
  ? Rest
  : []

/** The first element of a tuple as a tuple, with its label. */
type First<Places extends readonly unknown[]> =
  Required<Places> extends readonly [...infer One, ...Required<After<Places>>] ? One : never

/** Fields of several types as those of one, which an editor shows whole. */
type Flat<Fields> = { [Name in keyof Fields]: Fields[Name] }

/** The parameters as an object. Names of fewer than all are of those before an object of options, whose fields are among them. */
type Named<Places extends readonly unknown[], Names extends readonly string[]> = Names extends readonly [
  infer Name extends string,
  ...infer Later extends readonly string[],
]
  ? Places extends readonly [infer Value, ...infer Rest]
    ? { readonly [_ in Name]: Value } & Named<Rest, Later>
    : { readonly [_ in Name]?: Places[0] } & Named<After<Places>, Later>
  : Places extends readonly []
    ? unknown
    : NonNullable<Places[0]>

/**
 * Arguments of a call by place, as the function takes them: those in its last one are put where they belong, and what comes by place
 * but is a field of an object into that.
 *
 * @throws {RecurraError} if a name is none of the parameters, or of one that came by place.
 */
export function byPlace(where: string, text: string, given: readonly unknown[]): readonly unknown[] {
  const last = given.at(-1)
  const isNamed = isFields(last)
  if (!isNamed && !text.includes('{')) return given
  const parameters = readParameters(text).filter(({ kind }) => kind !== 'fixed')
  const placed = isNamed ? given.slice(0, -1) : given
  const fields = parameters.filter(({ isField }) => isField)
  const isPlain = placed.length <= parameters.length - fields.length
  if (parameters.some(({ kind }) => kind === 'rest') || (!isNamed && isPlain)) return given
  const named = isNamed ? last : {}
  const names = parameters.slice(placed.length).map(({ name }) => name)
  const twice = parameters.slice(0, placed.length).find(({ name }) => name in named)
  if (twice) fail(where, { expected: `${twice.name} once`, got: 'it by place and by name' })
  checkNames(where, named, names)
  const args: unknown[] = []
  const options: Record<string, unknown> = {}
  for (const [i, { name, place, isField }] of parameters.entries()) {
    const value = i < placed.length ? placed[i] : named[name]
    if (value === undefined) continue
    if (isField) options[name] = value
    else args[place] = value
  }
  const [field] = fields
  if (field && Object.keys(options).length > 0) args[field.place] = options
  return args
}

/** Makes a function take its arguments by name, too; `parameters` are as signature.ts reads them. */
/* @__NO_SIDE_EFFECTS__ */
export function keyworded<F extends (...args: never[]) => unknown, const Text extends string>(
  where: string,
  parameters: Text,
  fn: F,
): Keyworded<F, Text> {
  const run = fn as unknown as (...args: readonly unknown[]) => unknown
  const called = (...given: readonly unknown[]): unknown => run(...byPlace(where, parameters, given))
  return called as unknown as Keyworded<F, Text>
}
