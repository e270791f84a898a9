/**
 * Shortens WGSL for the package: removes blanks, and gives every declared name a short one. Names at module scope and of struct
 * members get the same short name in all kernels, so that shared declarations stay equal texts. Local names are numbered anew
 * in each function, so that functions resemble each other and compress well. Names that are used outside the code stay: entry
 * points, what a kernel's signature names (declared before the code), and WGSL's built-in names. Each space maps names one to one and everywhere, so
 * that shadowing does not change.
 */

/** Scopes of names: values and types of the module, locals of one function, members of structs. */
type Space = 'module' | 'function' | 'member'
interface Word {
  readonly text: string
  /** The space that its short name comes from; null if the word stays. */
  readonly space: Space | null
  /** Number of the function that contains it, from 1; 0 outside of functions. */
  readonly owner: number
}

const SMALL = [...'abcdefghijklmnopqrstuvwxyz']
// Short names of the module are capitals, so that they never equal a local name.
const CAPITALS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** Code, and what it uses by name but does not declare. */
interface Minified {
  readonly code: string
  readonly overrides: readonly { readonly name: string }[]
  readonly bindings?: readonly { readonly name: string }[]
}

/** The uniforms, whose members keep their names. */
const UNIFORMS: readonly string[] = ['params', 'range', 'step']

/** The codes of kernels with short names, in the same order. */
export function minifyKernels(given: readonly Minified[]): string[] {
  const texts = given.map(({ code }) => tokensOf(code))
  const scopes = texts.map(scopesOf)
  const overrides = given.flatMap((kernel) => kernel.overrides.map(({ name }) => name))
  const bindings = given.flatMap((kernel) => kernel.bindings?.map(({ name }) => name) ?? [])
  const names = declaredNames(texts, scopes, overrides, bindings)
  const kernels = texts.map((tokens, kernel) =>
    classify(tokens, scopes[kernel] ?? [], names, new Set(given[kernel]?.bindings?.map(({ name }) => name))),
  )
  const words = kernels.flat()
  const taken = new Set(words.filter(({ space }) => space === null).map(({ text }) => text))
  const common = {
    module: shortNames(words, 'module', candidates(CAPITALS, taken)),
    member: shortNames(words, 'member', candidates(SMALL, taken)),
  }
  return kernels.map((kernel) => {
    const locals = new Map<number, (text: string) => string>()
    return join(
      kernel.map(({ text, space, owner }) => {
        if (space === null) return text
        if (space !== 'function') return common[space].get(text) ?? text
        const rename = locals.get(owner) ?? inOrder(candidates(SMALL, taken))
        locals.set(owner, rename)
        return rename(text)
      }),
    )
  })
}

const token = /\/\/[^\n]*|@\s*\w+|[A-Za-z_]\w*|0[xX]\w+|\d*\.?\d+(?:[eE][+-]?\d+)?\.?[fuih]?|\s+|./g
const isName = (text: string): boolean => /^[A-Za-z_]/.test(text)
const isSign = (text: string | undefined): boolean => text !== undefined && /^[-+*/%&|^<>=!]$/.test(text)

/** Words and signs. A blank between two signs stays: together they may be another one. */
function tokensOf(code: string): string[] {
  const all = [...code.matchAll(token)].map(([text]) => text).filter((text) => !text.startsWith('//'))
  const tokens = all.flatMap((text, at) => {
    if (text.trim() !== '') return [shortNumber(text)]
    return isSign(all[at - 1]) && isSign(all[at + 1]) ? [' '] : []
  })
  // A trailing comma has no meaning.
  return tokens.filter((text, at) => !(text === ',' && /^[)}]$/.test(tokens[at + 1] ?? '')))
}

/** `0.50` as `.5`, `1.0` as `1.` */
const shortNumber = (text: string): string =>
  /^\d+\.\d+$/.test(text) ? text.replace(/0+$/, '').replace(/^0(?=\.\d)/, '') : text

function join(tokens: readonly string[]): string {
  return tokens
    .map((text, at) => (/\w$/.test(tokens[at - 1] ?? '') && /^[\w.]/.test(text) ? separated(text) : text))
    .join('')
}

/** A token after a word: a blank keeps a number such as `.5` from being read as a member of the word. */
const separated = (text: string): string => (text === '.' ? text : ` ${text}`)

/** The scope of a token. */
interface Scope {
  readonly inStruct: boolean
  readonly owner: number
  /** Before the function's body. */
  readonly isHead: boolean
}

const OUTSIDE: Scope = { inStruct: false, owner: 0, isHead: false }

function scopesOf(tokens: readonly string[]): Scope[] {
  let functions = 0
  let scope = OUTSIDE
  let depth = 0
  return tokens.map((text) => {
    if (text === 'struct') scope = { ...OUTSIDE, inStruct: true }
    else if (text === 'fn') scope = { ...OUTSIDE, owner: ++functions, isHead: true }
    else if (text === '{' && depth++ === 0) scope = { ...scope, isHead: false }
    const found = scope
    if (text === '}' && --depth === 0) scope = OUTSIDE
    return found
  })
}

interface Names {
  readonly module: ReadonlySet<string>
  readonly member: ReadonlySet<string>
  readonly fixed: ReadonlySet<string>
  readonly bindings: ReadonlySet<string>
}

/** The module's and members' names of all kernels, and the names that must stay. */
function declaredNames(
  kernels: readonly string[][],
  scopes: readonly Scope[][],
  overrides: readonly string[],
  bindings: readonly string[],
): Names {
  // Variables may have the name of a built-in function or of an address space; such names stay everywhere.
  const fixed = new Set([
    'function',
    'private',
    'workgroup',
    'storage',
    'uniform',
    'read',
    'write',
    'read_write',
    ...UNIFORMS,
    ...overrides,
  ])
  const module = new Set<string>()
  const member = new Set<string>()
  kernels.forEach((tokens, kernel) => {
    const callable = new Set<string>()
    tokens.forEach((text, at) => {
      const { inStruct, owner } = scopes[kernel]?.[at] ?? OUTSIDE
      const next = tokens[at + 1] ?? ''
      if (text === 'fn' && isEntryPoint(tokens, at)) fixed.add(next)
      else if (/^(fn|struct|alias)$/.test(text)) {
        callable.add(next)
        module.add(next)
      } else if (owner === 0) {
        const declared = declaredAt(tokens, at)
        if (declared) module.add(declared)
      }
      if (inStruct && next === ':' && !isSwizzle(text)) member.add(text)
    })
    tokens.forEach((text, at) => {
      if (tokens[at + 1] === '(' && isName(text) && !callable.has(text)) fixed.add(text)
    })
  })
  return { module, member, fixed, bindings: new Set(bindings) }
}

/** The value that a keyword declares: a constant or a variable. */
function declaredAt(tokens: readonly string[], at: number): string | undefined {
  const text = tokens[at] ?? ''
  if (/^(let|const)$/.test(text)) return tokens[at + 1]
  if (text === 'var') return tokens[at + 1] === '<' ? tokens[tokens.indexOf('>', at) + 1] : tokens[at + 1]
  return undefined
}

function classify(
  tokens: readonly string[],
  scopes: readonly Scope[],
  names: Names,
  bindings: ReadonlySet<string>,
): Word[] {
  const uniforms = new Set([
    ...UNIFORMS,
    ...tokens.filter((_, at) => tokens[at + 1] === ':' && tokens[at + 2] === 'Params'),
  ])
  const locals = new Map<number, Set<string>>()
  const localsOf = (owner: number): Set<string> => locals.get(owner) ?? new Set()
  scopes.forEach(({ owner, isHead }, at) => {
    if (owner === 0) return
    const text = tokens[at] ?? ''
    // A parameter is local in the whole function; a name that a block declares may be the module's, or a buffer's, before and after
    // the block.
    const isParameter = isHead && tokens[at + 1] === ':' && isName(text)
    const declared = isParameter ? text : declaredAt(tokens, at)
    const isElsewhere = declared && (names.module.has(declared) || names.bindings.has(declared))
    if (declared && (isParameter || !isElsewhere)) locals.set(owner, localsOf(owner).add(declared))
  })
  return tokens.map((text, at) => {
    const { inStruct, owner } = scopes[at] ?? OUTSIDE
    const space = ((): Space | null => {
      if (tokens[at - 1] === '.' && uniforms.has(tokens[at - 2] ?? '')) return null
      if (tokens[at - 1] === '.' || (inStruct && tokens[at + 1] === ':'))
        return names.member.has(text) ? 'member' : null
      if (names.fixed.has(text) || tokens[at - 2] === '@builtin') return null
      if (localsOf(owner).has(text)) return 'function'
      if (bindings.has(text)) return null
      return names.module.has(text) ? 'module' : null
    })()
    return { text, space, owner }
  })
}

/** Whether a member's name could be a swizzle of a vector; such names stay. */
const isSwizzle = (text: string): boolean => /^([xyzw]{1,4}|[rgba]{1,4})$/.test(text)

function isEntryPoint(tokens: readonly string[], fn: number): boolean {
  const before = Math.max(tokens.lastIndexOf('}', fn), tokens.lastIndexOf(';', fn))
  return tokens.slice(before + 1, fn).includes('@compute')
}

/** Short names, the shortest for the most used words. */
function shortNames(words: readonly Word[], space: Space, fresh: Generator<string>): Map<string, string> {
  const uses = new Map<string, number>()
  for (const word of words) if (word.space === space) uses.set(word.text, (uses.get(word.text) ?? 0) + 1)
  const ordered = [...uses].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return new Map(ordered.map(([text]) => [text, fresh.next().value as string]))
}

/** Gives each new name the next short one. */
function inOrder(fresh: Generator<string>): (text: string) => string {
  const found = new Map<string, string>()
  return (text) => {
    const short = found.get(text) ?? (fresh.next().value as string)
    found.set(text, short)
    return short
  }
}

/** a, b, … z, a0, b0, …: no keyword of WGSL is among them, and names of scalar types in use (`f16`) are in `taken`. */
function* candidates(letters: readonly string[], taken: ReadonlySet<string>): Generator<string> {
  for (let suffix = -1; ; suffix++)
    for (const letter of letters) {
      const name = suffix < 0 ? letter : `${letter}${suffix}`
      if (!taken.has(name)) yield name
    }
}
