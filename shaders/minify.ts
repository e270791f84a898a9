/**
 * Shortens WGSL for the package: blanks go, and every name that the code declares becomes a short one, the same in all
 * kernels so that they compress together. Names that others know stay: entry points, override constants, and WGSL's own.
 * A name is replaced wherever it stands and no two become one, so scopes and shadowing are what they were.
 */
import type { Plugin } from 'vite'

/** Names of values and types are one space; members of structs, which stand behind a dot, another. */
type Space = 'name' | 'member'
interface Word {
  readonly text: string
  /** Where its short name is found; null for what stays. */
  readonly space: Space | null
}

/** The kernels with short names, in the same order. */
export function minifyKernels(codes: readonly string[]): string[] {
  const kernels = codes.map((code) => classify(tokensOf(code)))
  const words = kernels.flat()
  const taken = new Set(words.filter(({ space }) => space === null).map(({ text }) => text))
  const short = { name: shortNames(words, 'name', taken), member: shortNames(words, 'member', taken) }
  return kernels.map((kernel) =>
    join(kernel.map(({ text, space }) => (space && short[space].get(text)) ?? text)),
  )
}

/** Minifies what shaders/build.ts wrote, wherever a package or a page is built. */
export function minifiedKernels(): Plugin {
  const string = /"(?:[^"\\]|\\.)*"(?= as string\b)/g
  return {
    name: 'recurra:minified-kernels',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/ops\/(kernels|wgsl\/\w+)\.gen\.ts$/ },
      handler(module) {
        const codes = [...module.matchAll(string)].map(([text]) => JSON.parse(text) as string)
        const minified = minifyKernels(codes)
        return { code: module.replace(string, () => JSON.stringify(minified.shift())), map: null }
      },
    },
  }
}

const token = /\/\/[^\n]*|@\s*\w+|[A-Za-z_]\w*|0[xX]\w+|\d*\.?\d+(?:[eE][+-]?\d+)?\.?[fuih]?|\s+|./g
const isName = (text: string): boolean => /^[A-Za-z_]/.test(text)
const isSign = (text: string | undefined): boolean => text !== undefined && /^[-+*/%&|^<>=!]$/.test(text)

/** Words and signs. A blank between two signs stays: together they may be another one. */
function tokensOf(code: string): string[] {
  const all = [...code.matchAll(token)].map(([text]) => text).filter((text) => !text.startsWith('//'))
  return all.flatMap((text, at) => {
    if (text.trim() !== '') return [text]
    return isSign(all[at - 1]) && isSign(all[at + 1]) ? [' '] : []
  })
}

function join(tokens: readonly string[]): string {
  return tokens
    .map((text, at) => (/\w$/.test(tokens[at - 1] ?? '') && /^\w/.test(text) ? ` ${text}` : text))
    .join('')
}

function classify(tokens: readonly string[]): Word[] {
  const inStruct = structBodies(tokens)
  const names = declaredNames(tokens, inStruct)
  const isMember = (at: number): boolean => inStruct[at] === true && tokens[at + 1] === ':'
  const members = new Set(tokens.filter((text, at) => isMember(at) && !isSwizzle(text)))
  return tokens.map((text, at) => {
    const isRead = tokens[at - 1] === '.'
    if (isRead || isMember(at)) return { text, space: members.has(text) ? 'member' : null }
    const isBuiltin = tokens[at - 2] === '@builtin'
    return { text, space: names.has(text) && !isBuiltin ? 'name' : null }
  })
}

/** What reads as members of a vector is left alone. */
const isSwizzle = (text: string): boolean => /^([xyzw]{1,4}|[rgba]{1,4})$/.test(text)

function structBodies(tokens: readonly string[]): boolean[] {
  let inside = false
  return tokens.map((text) => {
    if (text === 'struct') inside = true
    else if (text === '}') inside = false
    return inside
  })
}

function declaredNames(tokens: readonly string[], inStruct: readonly boolean[]): ReadonlySet<string> {
  const callable = new Set<string>()
  const values = new Set<string>()
  const kept = new Set<string>()
  tokens.forEach((text, at) => {
    const next = tokens[at + 1] ?? ''
    if (text === 'override' || (text === 'fn' && isEntryPoint(tokens, at))) kept.add(next)
    else if (/^(fn|struct|alias)$/.test(text)) callable.add(next)
    else if (/^(let|const)$/.test(text)) values.add(next)
    else if (text === 'var') values.add(next === '<' ? (tokens[tokens.indexOf('>', at) + 1] ?? '') : next)
    else if (next === ':' && isName(text) && !inStruct[at] && text !== 'default') values.add(text)
  })
  // a variable may bear the name of a function of WGSL's, or of an address space
  for (const name of [
    'function',
    'private',
    'workgroup',
    'storage',
    'uniform',
    'read',
    'write',
    'read_write',
  ])
    kept.add(name)
  tokens.forEach((text, at) => {
    if (tokens[at + 1] === '(' && !callable.has(text)) kept.add(text)
  })
  return new Set([...callable, ...values].filter((name) => !kept.has(name)))
}

function isEntryPoint(tokens: readonly string[], fn: number): boolean {
  const before = Math.max(tokens.lastIndexOf('}', fn), tokens.lastIndexOf(';', fn))
  return tokens.slice(before + 1, fn).includes('@compute')
}

/** The shortest names for the most used. */
function shortNames(words: readonly Word[], space: Space, taken: ReadonlySet<string>): Map<string, string> {
  const uses = new Map<string, number>()
  for (const word of words) if (word.space === space) uses.set(word.text, (uses.get(word.text) ?? 0) + 1)
  const fresh = candidates(taken)
  const ordered = [...uses].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return new Map(ordered.map(([text]) => [text, fresh.next().value as string]))
}

/** a, b, … Z, a0, b0, …: none is a word of WGSL but some scalar types, which are taken where they are used. */
function* candidates(taken: ReadonlySet<string>): Generator<string> {
  const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (let suffix = -1; ; suffix++)
    for (const letter of letters) {
      const name = suffix < 0 ? letter : `${letter}${suffix}`
      if (!taken.has(name)) yield name
    }
}
