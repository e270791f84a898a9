// Shape patterns of operations: an operation declares the shapes of its inputs, and every use of it is checked against them:
//
//   dims: { z: 'B T 4U', recurrentKernel: 'U 4U', h0: 'B U' }
//
// An extent is a product, by `·`, of numbers and names: `B`, `4U`, `groups·C`. A name with a capital letter is a dimension,
// which has the same value in all patterns; a name without is an attribute of the operation, 1 if the attribute is left out.
// `...rows` stands for any number of extents, which are the same in all patterns, and `_` for any one extent. Dimensions are
// solved from the shapes in any order, as long as no extent has two unknown names.

import { fail, impossible } from '../errors.ts'
import { type Shape, sameShape, showShape } from '../util/shape.ts'

/** Shape patterns such as `'B T 4U'`, by the names of tensors. */
export type DimPatterns = Readonly<Record<string, string>>

type Words<P extends string> = P extends `${infer First} ${infer Rest}` ? First | Words<Rest> : P
type Factors<W extends string> = W extends `${infer First}·${infer Rest}` ? First | Factors<Rest> : W
type Name<F extends string> = F extends `${number}${infer Rest}` ? Name<Rest> : F
type Capital<N extends string> = N extends '' | '_' ? never : N extends Uncapitalize<N> ? never : N
/** Names of dimensions in patterns. */
type DimName<P extends string> = Capital<Name<Factors<Exclude<Words<P>, `...${string}`>>>>
/** Names of groups of extents in patterns. */
type GroupName<P extends string> = Words<P> extends infer W ? (W extends `...${infer N}` ? N : never) : never

/** Values of the dimensions and groups in patterns; undefined where only tensors that are absent name them. */
export type Dims<D, Optional extends string = never> = {
  readonly [N in DimName<Texts<Omit<D, Optional>>>]: number
} & { readonly [N in Exclude<GroupName<Texts<Omit<D, Optional>>>, ''>]: Shape } & {
  readonly [N in DimName<Texts<D>>]?: number | undefined
} & { readonly [N in Exclude<GroupName<Texts<D>>, ''>]?: Shape | undefined }

type Texts<D> = Extract<D[keyof D], string>

/**
 * Finds the dimensions that patterns name in the shapes of tensors.
 *
 * @param where The operation, for errors.
 * @param shapes Shapes by the names of tensors, without those of absent tensors.
 * @param attrs Values of the names without a capital letter.
 * @throws {RecurraError} for the first tensor whose rank or extents disagree.
 */
export function dims<const D extends DimPatterns, Optional extends string = never>(
  where: string,
  patterns: D,
  shapes: Readonly<Record<string, Shape | undefined>>,
  attrs: object = {},
): Dims<D, Optional> {
  const known = new Map<string, number>()
  const groups = new Map<string, Shape>()
  for (const [name, value] of Object.entries(attrs)) if (typeof value === 'number') known.set(name, value)
  const refuse = (tensor: string): never => {
    const values = [...known, ...groups].filter(([name]) => patterns[tensor]?.includes(name))
    const given = values.map(
      ([name, value]) => `${name} = ${typeof value === 'number' ? value : showShape(value)}`,
    )
    return fail(where, {
      expected: `${tensor} [${patterns[tensor]?.replaceAll(' ', ', ')}]${given.length > 0 ? ` with ${given.join(', ')}` : ''}`,
      got: showShape(shapes[tensor] ?? []),
    })
  }
  let open: Axis[] = Object.entries(patterns).flatMap(([tensor, pattern]) => {
    const shape = shapes[tensor]
    if (shape === undefined) return []
    const { words, at, group } = patternOf(pattern)
    const rest = at < 0 ? 0 : shape.length - words.length + 1
    if (rest < 0 || (at < 0 && shape.length !== words.length)) refuse(tensor)
    if (at >= 0) {
      const extents = shape.slice(at, at + rest)
      if (!sameShape(groups.get(group) ?? extents, extents)) refuse(tensor)
      if (group !== '') groups.set(group, extents)
    }
    return words.flatMap((factors, i) => {
      const extent = shape[at < 0 || i < at ? i : i + rest - 1]
      return factors === null || extent === undefined ? [] : [{ tensor, extent, factors }]
    })
  })
  while (open.length > 0) {
    const later = open.filter(({ tensor, extent, factors }) => {
      let product = 1
      let unknown: string | undefined
      for (const factor of factors) {
        const value =
          typeof factor === 'number' ? factor : (known.get(factor) ?? (isCapital(factor) ? null : 1))
        if (value !== null) product *= value
        else if (unknown !== undefined) return true
        else unknown = `${factor}`
      }
      if (unknown === undefined ? product !== extent : extent % product !== 0) refuse(tensor)
      if (unknown !== undefined) known.set(unknown, extent / product)
      return false
    })
    if (later.length === open.length) impossible(`${where} leaves dimensions of ${later[0]?.tensor} open`)
    open = later
  }
  // The type follows from the patterns, which name exactly these entries.
  return Object.fromEntries([...[...known].filter(([name]) => isCapital(name)), ...groups]) as Dims<
    D,
    Optional
  >
}

/** An extent whose pattern still has an unknown name. */
interface Axis {
  readonly tensor: string
  readonly extent: number
  readonly factors: readonly (string | number)[]
}

/** A pattern by its words. */
interface Pattern {
  /** The factors of each extent; null for a group and for `_`. */
  readonly words: readonly (readonly (string | number)[] | null)[]
  /** The index of the group; −1 if there is none. */
  readonly at: number
  readonly group: string
}

const parsed = new Map<string, Pattern>()

function patternOf(text: string): Pattern {
  const known = parsed.get(text)
  if (known) return known
  const words = text.split(' ').filter(Boolean)
  const at = words.findIndex((word) => word.startsWith('...'))
  const found: Pattern = {
    words: words.map((word, i) => (i === at || word === '_' ? null : factorsOf(word))),
    at,
    group: words[at]?.slice(3) ?? '',
  }
  parsed.set(text, found)
  return found
}

const isCapital = (name: string): boolean => /^[A-Z]/.test(name)

/** `4U` → 4, U. */
const factorsOf = (word: string): (string | number)[] =>
  word.split('·').flatMap((factor) => {
    const [, digits = '', name = ''] = /^(\d*)(.*)$/.exec(factor) ?? []
    return [...(digits ? [Number(digits)] : []), ...(name ? [name] : [])]
  })
